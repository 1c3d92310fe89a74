"""Which repository an address means: the documents of the question."""

import msgspec
import pytest

from wire.agentrepository import RepositoryAsked, RepositoryFound


def test_an_answer_without_a_ref_is_the_repository_itself():
    said = b'{"url": "https://h.org/a/lib", "folder": "lib", "later": 1}'
    found = msgspec.json.decode(said, type=RepositoryFound)
    assert found == RepositoryFound(url="https://h.org/a/lib", folder="lib")


@pytest.mark.parametrize("url", ["", "x" * 2049])
def test_an_address_has_a_length(url: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"url": url}), type=RepositoryAsked)
