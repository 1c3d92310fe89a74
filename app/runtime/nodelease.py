"""The lease of a node behind the workspace daemon."""

from app.nodes.client import NodeClient
from app.runtime.lease import NodeClock
from app.runtime.node import translated
from app.runtime.nodes import Answer


class NodeLease:
    """Over one daemon's client."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def hold(self, until: NodeClock | None) -> Answer:
        boot, at = ("", 0.0) if until is None else (until.boot, until.at)
        with translated():
            found = await self._client.hold(boot, at)
        return Answer(NodeClock(found.boot, found.now), found.free, found.until)
