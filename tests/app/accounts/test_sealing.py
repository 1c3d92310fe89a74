import pytest

from app.accounts.keys import Keys
from app.accounts.sealing import Seal, Unsealable

OLD, NEW = Keys(b"o" * 32).seal, Keys(b"n" * 32).seal
BOTH = Keys(b"n" * 32, b"o" * 32).seal
ABOUT = "git-token/u_1/h.org"


def test_what_was_sealed_opens_again_and_says_nothing_itself() -> None:
    sealed = NEW.close(b"ghp_secret", ABOUT)
    assert NEW.open(sealed, ABOUT) == b"ghp_secret"
    assert b"ghp" not in sealed
    assert sealed != NEW.close(b"ghp_secret", ABOUT)


@pytest.mark.parametrize("about", ["git-token/u_2/h.org", "git-token/u_1/h.net", "ssh-key/u_1", ""])
def test_it_opens_only_for_whom_and_what_it_was_sealed(about: str) -> None:
    with pytest.raises(Unsealable):
        NEW.open(NEW.close(b"x", ABOUT), about)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_what_was_altered_does_not_open(at: int) -> None:
    sealed = bytearray(NEW.close(b"x", ABOUT))
    sealed[at] ^= 1
    with pytest.raises(Unsealable):
        NEW.open(bytes(sealed), ABOUT)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"n" * 12, b"plain text"])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        NEW.open(sealed, ABOUT)


def test_an_older_key_still_opens_and_is_replaced() -> None:
    sealed = OLD.close(b"x", ABOUT)
    with pytest.raises(Unsealable):
        NEW.open(sealed, ABOUT)
    assert BOTH.open(sealed, ABOUT) == b"x"
    fresh = BOTH.renew(sealed, ABOUT)
    assert fresh is not None
    assert NEW.open(fresh, ABOUT) == b"x"
    assert BOTH.renew(fresh, ABOUT) is None


def test_without_a_key_nothing_opens() -> None:
    with pytest.raises(Unsealable):
        Seal().open(NEW.close(b"x", ABOUT), ABOUT)
