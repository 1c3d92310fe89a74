import pytest

from cli.images.locked import Pin, only, pins

A, B = "a" * 64, "b" * 64
LOCK = f"""\
anyio==4.16.0 \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
sqlalchemy==2.1.9 \\
    --hash=sha256:{B}
"""


def test_a_lock_is_read_with_every_hash():
    assert pins(LOCK)["anyio"] == Pin("anyio", "4.16.0", (A, B))


def test_a_part_of_a_lock_is_a_lock():
    found = only(LOCK, ["sqlalchemy", "anyio", "anyio"])
    assert "".join(pin.line for pin in found) == LOCK


def test_what_is_not_locked_is_named():
    with pytest.raises(ValueError, match="not in the lock: faker, six"):
        only(LOCK, ["six", "anyio", "faker"])


def test_a_lock_without_hashes_is_none():
    with pytest.raises(ValueError, match="six is locked without a hash"):
        pins("six==1.17.0\n")
