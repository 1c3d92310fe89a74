"""Snapshots in memory, beside the fake runtime."""

from app.runtime.fake import FakeRuntime
from app.runtime.port import Refused
from app.runtime.snapshots import FrozenState, FrozenStatus
from wire.ids import InstanceId

_FILES, _SIZE = 3, 2048


class FakeSnapshots:
    """Frozen trees of a fake runtime: they are there, and nobody looks into them."""

    def __init__(self, node: FakeRuntime) -> None:
        self._node = node
        self.frozen: dict[str, FrozenStatus] = {}

    async def sight(self, node: str = "") -> list[FrozenStatus]:
        del node  # there is no other
        self._node.reach("sight", "")
        return list(self.frozen.values())

    async def freeze(self, instance: InstanceId, snapshot: str) -> FrozenStatus:
        self._node.call("freeze", instance)
        if instance.workspace not in self._node.contents:
            raise Refused(f"not_found: there is no content of {instance.workspace}")
        known = self.frozen.get(snapshot)
        if known is not None and known.state is not FrozenState.FAILED:
            return known
        working = FrozenStatus(snapshot=snapshot, state=FrozenState.WORKING)
        self.frozen[snapshot] = working
        self._node.script.begin("freeze", lambda: self._done(snapshot))
        return working

    async def let_go(self, snapshot: str) -> int:
        self._node.reach("let_go", snapshot)
        self.frozen.pop(snapshot, None)
        return _SIZE

    def _done(self, snapshot: str) -> None:
        problem = self._node.script.outcome("freeze")
        state = FrozenState.DONE if problem is None else FrozenState.FAILED
        self.frozen[snapshot] = FrozenStatus(
            snapshot=snapshot, state=state, files=_FILES, size=_SIZE, problem=problem
        )
