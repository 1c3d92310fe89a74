"""Roots of every node: an image is unpacked where the start that waits for it is."""

from collections.abc import Awaitable, Callable, Mapping

from app.images.port import Roots, RootStatus
from app.runtime.port import Unreachable
from wire.ids import InstanceId


class AllRoots:
    """Roots by the name of their node; `where` tells the node of a workspace."""

    def __init__(self, nodes: Mapping[str, Roots], where: Callable[[str], Awaitable[str]]) -> None:
        self._nodes = nodes
        self._where = where

    async def fetch(self, instance: InstanceId, image: str, source: str) -> RootStatus:
        node = await self._where(instance.workspace)
        roots = self._nodes.get(node)
        if roots is None:
            raise Unreachable(f"node {node} is not in PODIUM_NODES")
        return await roots.fetch(instance, image, source)
