"""Suppliers and roots in memory, for tests and for a server that shows pages without a node."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.images.port import ImagePorts, RootStatus, State, Supply, Wanted
from wire.ids import InstanceId

_T = TypeVar("_T")
DIGEST = f"sha256:{'5' * 64}"


class FakeImages:
    """Has every image at once; first come `supplies` and `fetches`, one after the other."""

    def __init__(self) -> None:
        self.supplies: list[Supply] = []
        self.fetches: list[RootStatus] = []
        self.calls: list[tuple[str, str]] = []
        """Every call: its name, and the image it was about."""
        self.failing: Exception | None = None
        self.pace = 0.0
        """Seconds that a call takes."""

    @property
    def ports(self) -> ImagePorts:
        """This as both ports."""
        return ImagePorts(self, {"name": self, "file": self})

    async def supply(self, wanted: Wanted) -> Supply:
        self.calls.append(("supply", wanted.name))
        await asyncio.sleep(self.pace)
        there = Supply(state=State.READY, source="docker.io/library/fake", digest=DIGEST)
        return _next(self.supplies, lambda: there)

    async def fetch(self, instance: InstanceId, image: str, source: str) -> RootStatus:
        assert instance.n
        assert source
        self.calls.append(("fetch", image))
        await asyncio.sleep(self.pace)
        if self.failing is not None:
            raise self.failing
        return _next(self.fetches, lambda: RootStatus(state=State.READY))


def _next(scripted: list[_T], otherwise: Callable[[], _T]) -> _T:
    return scripted.pop(0) if scripted else otherwise()
