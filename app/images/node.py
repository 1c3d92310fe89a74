"""Roots of the node behind the workspace daemon."""

from app.images.port import RootStatus, State
from app.nodes.client import NodeClient
from app.runtime.node import translated
from wire.ids import InstanceId
from wire.phases import Condition

_CONDITIONS = {one.value: one for one in Condition}


class NodeRoots:
    """Roots over one daemon."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def fetch(self, instance: InstanceId, image: str, source: str) -> RootStatus:
        with translated():
            found = await self._client.fetch(str(instance), image=image, source=source)
        state = State(found.state)
        if found.fault is None:
            return RootStatus(state=state, progress=found.progress)
        condition = _CONDITIONS.get(found.fault.code, Condition.IMAGE_REFUSED)
        told = ": ".join(one for one in (found.fault.title, found.fault.detail) if one)
        return RootStatus(state=state, condition=condition, told=f"{told}. {found.fault.cure}")
