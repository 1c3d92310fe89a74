"""The call to a workspace daemon about what lies on its disk."""

from collections.abc import Collection

from msgspec import Struct

from app.nodes.client import CONTENT_TIMEOUT, NodeClient, answered
from app.nodes.messages import word
from wire.proto import node_pb2


class NodeHolding(Struct, frozen=True, kw_only=True):
    """Something on a node's disk, as its daemon sees it."""

    kind: str
    name: str
    place: str
    touched: float
    highest: int
    folder: str
    branch: str
    revision: str
    size: int


class HoldingsClient:
    """What one daemon has, over its client's connection."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def held(self, measured: Collection[str]) -> list[NodeHolding]:
        """Return everything, with the bytes of some."""
        request = node_pb2.HoldingsRequest(measured=measured)
        call = self._client.stub.Holdings(request, timeout=CONTENT_TIMEOUT)
        return [holding_of(one) for one in (await answered(call)).holdings]


def holding_of(message: node_pb2.Holding) -> NodeHolding:
    """Read one."""
    return NodeHolding(
        kind=word(node_pb2.HoldingKind.Name(message.kind), "HOLDING_"),
        name=message.name,
        place=message.place,
        touched=message.touched,
        highest=message.highest,
        folder=message.folder,
        branch=message.branch,
        revision=message.revision,
        size=message.bytes,
    )
