"""Passwords of links are kept so that who reads the database cannot open anything."""

from app.shares.passwords import kept, matches


def test_the_password_matches_and_nothing_else_does() -> None:
    stored = kept("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "horse" not in stored
    assert matches("correct horse", stored)
    assert not matches("correct horse ", stored)
    assert not matches("", stored)


def test_the_same_password_looks_different_each_time() -> None:
    assert kept("correct horse") != kept("correct horse")


def test_a_letter_is_the_same_however_a_keyboard_composes_it() -> None:
    assert matches("Stra\u00dfe cafe\u0301", kept("Stra\u00dfe caf\u00e9"))
