"""A holding says as much as is known."""

from daemon.core.holdings import Holding, Kind
from wire.proto import node_pb2 as pb


def test_what_is_not_known_is_empty_and_kinds_are_the_wires() -> None:
    held = Holding(kind=Kind.TREE, name="a", place="/p", touched=0.0)
    assert (held.highest, held.folder, held.bytes) == (0, "", 0)
    assert {f"HOLDING_{one.name}" for one in Kind} == set(pb.HoldingKind.keys())
