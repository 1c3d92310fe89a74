"""Snapshots of one machine: the workspace daemon behind the port."""

from app.nodes.snapshots import NodeFrozen, SnapshotsClient
from app.runtime.node import problem, translated
from app.runtime.snapshots import FrozenState, FrozenStatus
from wire.ids import InstanceId


class NodeSnapshots:
    """Frozen trees over one daemon's client."""

    def __init__(self, client: SnapshotsClient) -> None:
        self._client = client

    async def sight(self, node: str = "") -> list[FrozenStatus]:
        del node  # there is no other
        with translated():
            return [_status(one) for one in await self._client.sight()]

    async def freeze(self, instance: InstanceId, snapshot: str) -> FrozenStatus:
        with translated():
            return _status(await self._client.freeze(str(instance), snapshot))

    async def let_go(self, snapshot: str) -> int:
        with translated():
            return await self._client.let_go(snapshot)


def _status(one: NodeFrozen) -> FrozenStatus:
    return FrozenStatus(
        snapshot=one.snapshot,
        state=FrozenState(one.state),
        files=one.files,
        size=one.size,
        problem=problem(one.fault),
    )
