from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.accounts.keys import Keys
from kit.env import SettingError

OLD, NEW = b"o" * 32, b"n" * 32


def test_the_same_file_gives_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(OLD)
    one, two = Keys.load(path), Keys.load(path)
    assert one.master == OLD
    assert one.public_keys() == two.public_keys()
    assert one.csrf("s_1") == two.csrf("s_1")


def test_the_public_key_verifies_what_the_signing_key_signed() -> None:
    keys = Keys(OLD)
    public = Ed25519PublicKey.from_public_bytes(b64decode(keys.public_keys()[0]))
    public.verify(keys.signing.sign(b"text"), b"text")


def test_a_new_key_in_front_signs_and_the_old_one_still_verifies(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(NEW + OLD)
    ring = Keys.load(path)
    assert ring.master == NEW
    assert ring.public_keys() == [*Keys(NEW).public_keys(), *Keys(OLD).public_keys()]


def test_a_csrf_token_is_worth_its_session() -> None:
    keys = Keys(OLD)
    assert keys.is_csrf("s_1", keys.csrf("s_1"))
    for wrong in (keys.csrf("s_2"), "", "é", keys.csrf("s_1")[:-1], Keys(NEW).csrf("s_1")):
        assert not keys.is_csrf("s_1", wrong)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_what_is_no_ring_of_whole_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(SettingError, match="must be 32 bytes"):
        Keys.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="nowhere"):
        Keys.load(tmp_path / "nowhere")
