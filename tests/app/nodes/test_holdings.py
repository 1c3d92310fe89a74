"""What a node has: every field crosses the wire."""

import pytest

from app.nodes.holdings import holding_of
from app.runtime.holdings import Kind
from wire.proto import node_pb2 as pb


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_word(kind: Kind) -> None:
    value = pb.HoldingKind.Value(f"HOLDING_{kind.name}")
    assert holding_of(pb.Holding(kind=value)).kind == kind.value
    assert len(pb.HoldingKind.keys()) == len(Kind)


def test_every_field_is_read() -> None:
    read = holding_of(
        pb.Holding(
            name="a",
            place="/p",
            touched=2.5,
            highest=3,
            folder="demo",
            branch="main",
            revision="abc",
            bytes=9,
        )
    )
    assert (read.name, read.place, read.touched, read.highest) == ("a", "/p", 2.5, 3)
    assert (read.folder, read.branch, read.revision, read.size) == ("demo", "main", "abc", 9)
