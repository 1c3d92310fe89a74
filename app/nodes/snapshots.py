"""Calls to a workspace daemon about snapshots."""

from msgspec import Struct

from app.nodes.client import CALL_TIMEOUT, CONTENT_TIMEOUT, NodeClient, answered
from app.nodes.messages import NodeFault, fault_of, word
from wire.proto import node_pb2


class NodeFrozen(Struct, frozen=True, kw_only=True):
    """A frozen tree as the daemon sees it."""

    snapshot: str
    state: str
    files: int
    size: int
    fault: NodeFault | None


class SnapshotsClient:
    """Frozen trees of one daemon, over its client's connection."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def sight(self) -> list[NodeFrozen]:
        """Return every frozen tree."""
        request = node_pb2.ListRequest()
        reply = await answered(self._client.stub.List(request, timeout=CALL_TIMEOUT))
        return [frozen_of(one) for one in reply.frozen]

    async def freeze(self, instance: str, snapshot: str) -> NodeFrozen:
        """Make sure that a workspace's tree is kept."""
        request = node_pb2.FreezeRequest(instance=instance, snapshot=snapshot)
        return frozen_of(await answered(self._client.stub.Freeze(request, timeout=CALL_TIMEOUT)))

    async def let_go(self, snapshot: str) -> int:
        """Make sure that a frozen tree goes; returns bytes."""
        request = node_pb2.LetGoRequest(snapshot=snapshot)
        reply = await answered(self._client.stub.LetGo(request, timeout=CONTENT_TIMEOUT))
        return int(reply.freed_bytes)


def frozen_of(message: node_pb2.Frozen) -> NodeFrozen:
    """Read a frozen tree."""
    return NodeFrozen(
        snapshot=message.snapshot,
        state=word(node_pb2.FrozenState.Name(message.state), "FROZEN_"),
        files=message.files,
        size=message.bytes,
        fault=fault_of(message.fault) if message.HasField("fault") else None,
    )
