"""Documents of the SSH gateway, and what both ends derive from an instance's key."""

from base64 import b64encode

import msgspec
import pytest

from tests.wire.samples import GOLDEN, KEY, SAMPLES, text_of
from wire.ssh import Word, host_seed, login_digest, login_password

DOCUMENTS = [name for name in SAMPLES if name.startswith("ssh-")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_as_it_was(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_text()
    assert text_of(name) == golden
    assert msgspec.json.decode(golden, type=type(SAMPLES[name])) == SAMPLES[name]


def test_what_is_derived_is_of_one_instance_and_one_purpose() -> None:
    """A running workspace keeps its supervisor: another derivation would lock everybody out."""
    password = login_password(KEY)
    assert password == "e6dc3c086d97c3fcb3a2601febfe2566d637c070b5f42bc77ef84809f3431b42"
    assert len(host_seed(KEY)) == 32
    other = b64encode(b"k" * 32).decode()
    seen = {password, login_password(other), host_seed(KEY).hex(), host_seed(other).hex()}
    assert len(seen) == 4
    assert KEY not in seen
    assert login_digest(password) not in seen


def test_a_word_is_short() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("x" * 201, Word)
