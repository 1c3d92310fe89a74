"""What is asked about orphans is what it should be, or refused."""

import msgspec
import pytest

from app.orphans.structs import AdoptOrphan, RemoveOrphan
from app.runtime.holdings import Kind


def test_requests_are_whole() -> None:
    read = msgspec.convert({"kind": "tree", "name": "a"}, RemoveOrphan)
    assert (read.kind, read.name) == (Kind.TREE, "a")
    for bad in ({"kind": "all", "name": "a"}, {"kind": "tree", "name": ""}, {"name": "a"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(bad, RemoveOrphan)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "a", "url": "u", "owner": "bob"}, AdoptOrphan)
