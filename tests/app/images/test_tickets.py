"""A ticket is a file that is there or not, and never holds its token."""

from pathlib import Path

import pytest

from app.images.tickets import Tickets
from wire.registry import decode_image, decode_passwords, decode_ticket, read_token, same_token

KEY = "a" * 64
INSTANCE = "amber-otter-4k2hw9xz1q.3"


def test_a_build_has_one_token_until_it_is_closed(tmp_path: Path) -> None:
    tickets, path = Tickets(tmp_path), tmp_path / f"built/{KEY}.json"
    first = tickets.open_build(KEY, until=9.5, reads=["docker.io/library/python"], most=5)
    token = tickets.open_build(KEY, until=9.5, reads=["docker.io/library/python"], most=5)
    found = decode_ticket(path.read_bytes())
    assert found is not None
    assert (found.until, found.most, found.reads) == (9, 5, ["docker.io/library/python"])
    assert same_token(token, found.token)
    assert not same_token(first, found.token)
    assert token.rpartition(".")[2].encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    tickets.close_build(KEY)
    tickets.close_build(KEY)
    assert [*path.parent.iterdir()] == []


def test_an_instance_has_what_its_image_is_made_of(tmp_path: Path) -> None:
    tickets, path = Tickets(tmp_path), tmp_path / f"instance/{INSTANCE}.json"
    token = tickets.open_instance(INSTANCE, f"built/{KEY}", ["supervisor/0123456789"])
    found = decode_image(path.read_bytes())
    assert found is not None
    assert (found.base, found.additions) == (f"built/{KEY}", ["supervisor/0123456789"])
    assert same_token(token, found.token)
    assert read_token(token) is not None
    tickets.close_instance(INSTANCE)
    assert not path.exists()


def test_what_a_crash_left_behind_is_ended(tmp_path: Path) -> None:
    tickets = Tickets(tmp_path)
    for key in (KEY, "b" * 64):
        tickets.open_build(key, until=1)
    tickets.open_instance(INSTANCE, "x", [])
    tickets.keep_only({KEY}, set())
    assert [one.name for one in (tmp_path / "built").iterdir()] == [f"{KEY}.json"]
    assert [*(tmp_path / "instance").iterdir()] == []


def test_a_starts_passwords_are_there_for_as_long_as_it_waits(tmp_path: Path) -> None:
    tickets, path = Tickets(tmp_path), tmp_path / f"pull/{INSTANCE}.json"
    tickets.open_pull(INSTANCE, "ghcr.io:eA==")
    assert decode_passwords(path.read_bytes()) == "ghcr.io:eA=="
    assert path.stat().st_mode & 0o777 == 0o600
    tickets.keep_pulls({INSTANCE})
    assert path.exists()
    tickets.keep_pulls(set())
    assert not path.exists()


@pytest.mark.parametrize("name", ["", "..", "../x", "a" * 63])
def test_what_is_no_name_makes_no_file(tmp_path: Path, name: str) -> None:
    tickets = Tickets(tmp_path)
    with pytest.raises(ValueError, match="is no"):
        tickets.open_build(name, until=1)
    with pytest.raises(ValueError, match="is no"):
        tickets.open_instance(name, "x", [])
    with pytest.raises(ValueError, match="is no"):
        tickets.open_pull(name, "x")
    assert [*tmp_path.iterdir()] == []
