"""The nodes that are asked what they have, and told to let go."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog
from msgspec.structs import replace

from app.runtime.holdings import Held, Holdings, Kind
from app.runtime.points import Points
from app.runtime.port import Content, Refused, Unreachable
from app.runtime.snapshots import Snapshots

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """What leads to one node; None for what it does not have."""

    holdings: Holdings | None
    content: Content
    points: Points | None
    snapshots: Snapshots | None

    async def let_go(self, held: Held) -> int:
        """Have it let go of one thing; returns the bytes. Raises Unreachable, Fenced, Refused."""
        n = max(held.highest, 1)
        match held.kind:
            case Kind.TREE:
                return await self.content.discard(held.name, n)
            case Kind.POINTS if self.points is not None:
                return await self.points.drop(held.name, n)
            case Kind.FROZEN if self.snapshots is not None:
                return await self.snapshots.let_go(held.name)
            case _:
                return 0


class Places:
    """All of them by name, in the order in which they are asked."""

    def __init__(self, every: Mapping[str, Place]) -> None:
        self._every = every

    @property
    def tells(self) -> bool:
        """Whether any node tells what it has."""
        return any(one.holdings is not None for one in self._every.values())

    async def held(
        self, measured: Collection[tuple[str, str]] = (), only: str = ""
    ) -> tuple[list[Held], list[str]]:
        """Return what they have, and who did not answer.

        `measured` are nodes and names whose bytes are counted; `only` asks one node. Restore
        points that several tell of are told once: these nodes have one store.
        """
        asked = {
            name: one.holdings
            for name, one in self._every.items()
            if one.holdings is not None and name == (only or name)
        }
        answers = await asyncio.gather(
            *(
                one.held([what for node, what in measured if node == name])
                for name, one in asked.items()
            ),
            return_exceptions=True,
        )
        found: list[Held] = []
        silent: list[str] = []
        stored: set[str] = set()
        for name, answer in zip(asked, answers, strict=True):
            if isinstance(answer, Unreachable | Refused):
                _log.info("node_unanswered", node=name, part="orphans", detail=str(answer))
                silent.append(name)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found += [
                    replace(one, node=name)
                    for one in answer
                    if one.kind is not Kind.POINTS or one.name not in stored
                ]
                stored |= {one.name for one in answer if one.kind is Kind.POINTS}
        return found, silent

    async def let_go(self, held: Held) -> int:
        """Have the node that has it let go of it; as `Place.let_go`."""
        return await self._every[held.node].let_go(held)
