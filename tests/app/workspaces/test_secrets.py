"""Derived secrets: the same for the same instance, different for everything else."""

from base64 import b64decode, urlsafe_b64decode

import pytest

from app.workspaces.secrets import Secrets, hash_of

ONE, TWO = "amber-otter-0000000000.1", "amber-otter-0000000000.2"


def test_secrets_are_worth_one_instance_one_purpose_one_installation() -> None:
    secrets, other = Secrets(b"m" * 32), Secrets(b"n" * 32)
    made = {
        secrets.token(ONE),
        secrets.token(TWO),
        other.token(ONE),
        secrets.proof_key(ONE),
        other.proof_key(ONE),
    }
    assert len(made) == 5
    assert Secrets(b"m" * 32).token(ONE) == secrets.token(ONE)


def test_both_have_256_bit() -> None:
    secrets = Secrets(b"m" * 32)
    assert len(urlsafe_b64decode(secrets.token(ONE) + "=")) == 32
    assert len(b64decode(secrets.proof_key(ONE))) == 32
    assert len(hash_of(secrets.token(ONE))) == 64


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(AssertionError):
        Secrets(b"short")
