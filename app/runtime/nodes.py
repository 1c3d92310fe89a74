"""The nodes of an installation: for each the adapters that lead to it, and the ports over all.

Whoever asks about a workspace does not know where it is: `where` does. A node that does not
answer raises `Unreachable` for its own workspaces, and is passed over where all are asked.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec.structs import replace

from app.runtime.holdings import Holdings
from app.runtime.lease import NodeClock
from app.runtime.points import (
    BackupStatus,
    Entry,
    ExportFormat,
    Made,
    Points,
    Repository,
    Sighting,
)
from app.runtime.port import Content, ContentStatus, Looked, Refused, Runtime, Unreachable
from app.runtime.snapshots import FrozenStatus, Snapshots
from kit.tasks import Tasks
from wire.ids import InstanceId

_T = TypeVar("_T")
AGAIN = 5.0
"""Seconds between attempts to follow a node."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node says of itself."""

    clock: NodeClock
    free: int
    """Bytes that its disk has for workspaces."""
    until: float = 0.0
    """The newest moment of its clock that it was granted; 0 when none was."""


class Lease(Protocol):
    """The calls by which a node is let go on, or not; see `app.runtime.lease`."""

    async def hold(self, until: NodeClock | None) -> Answer:
        """Let it run containers until a moment of its own clock; None only asks for that."""
        ...


@dataclass(frozen=True, slots=True)
class NodePorts:
    """What leads to one node."""

    runtime: Runtime
    content: Content
    points: Points
    lease: Lease
    dial: str = ""
    """Path of its dial socket."""
    address: str = ""
    snapshots: Snapshots | None = None
    holdings: Holdings | None = None


Where = Callable[[str], Awaitable[str]]
"""Workspace → the name of its node."""


class AllPoints:
    """Restore points of workspaces, wherever these are."""

    def __init__(
        self,
        nodes: Mapping[str, Points],
        where: Where,
        answers: Callable[[str], bool] = lambda _node: True,
    ) -> None:
        """`answers` tells of a node whether it does: who does not is not waited for each time."""
        self._nodes = nodes
        self._where = where
        self._answers = answers

    def at(self, node: str) -> Points:
        """Return those of one node; raises Unreachable."""
        return _found(self._nodes, node, self._answers)

    async def _of(self, workspace: str) -> Points:
        return self.at(await self._where(workspace))

    async def sight(self) -> Sighting:
        trees: dict[str, list[ContentStatus]] = {}
        whole = Sighting([], [], trees)
        there = {name: one for name, one in self._nodes.items() if self._answers(name)}
        asked = await asyncio.gather(
            *(one.sight() for one in there.values()), return_exceptions=True
        )
        for name, found in zip(there, asked, strict=True):
            if isinstance(found, Sighting):
                trees[name] = found.contents
                whole.backups.extend(found.backups)
                whole.contents.extend(found.contents)
            elif not isinstance(found, Unreachable):
                raise found
        return whole

    async def watch(self) -> AsyncGenerator[None, None]:
        moved = asyncio.Event()
        tasks = Tasks()
        for name, points in self._nodes.items():
            tasks.spawn(_follow(points, moved), f"moves of {name}")
        try:
            while True:
                moved.clear()
                yield
                await moved.wait()
        finally:
            await tasks.close()

    async def backup(
        self,
        instance: InstanceId,
        point: str,
        key: bytes,
        *,
        excludes: Sequence[str] = (),
        always: bool = False,
        left: bool = False,
    ) -> BackupStatus:
        points = await self._of(instance.workspace)
        return await points.backup(
            instance, point, key, excludes=excludes, always=always, left=left
        )

    async def listed(self, repository: Repository) -> list[Made]:
        return await (await self._of(repository.workspace)).listed(repository)

    async def browse(self, repository: Repository, point: str, path: bytes) -> list[Entry]:
        try:
            return await (await self._of(repository.workspace)).browse(repository, point, path)
        except Unreachable:
            other = await self._reader(repository, point)
            if other is None:
                raise
        return await other.browse(repository, point, path)

    async def export(
        self, repository: Repository, point: str, path: bytes, wanted: ExportFormat
    ) -> AsyncGenerator[bytes, None]:
        begun = False
        try:
            points = await self._of(repository.workspace)
            async with aclosing(points.export(repository, point, path, wanted)) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
        except Unreachable:
            other = None if begun else await self._reader(repository, point)
            if other is None:
                raise
        else:
            return
        async with aclosing(other.export(repository, point, path, wanted)) as pieces:
            async for piece in pieces:
                yield piece

    async def _reader(self, repository: Repository, point: str) -> Points | None:
        """Return another node's where a workspace's own is away: one with the same store.

        To read it needs no more than the key, which comes along; who has another store finds no
        such point in it.
        """
        own = await self._where(repository.workspace)
        for name, points in self._nodes.items():
            if name == own or not self._answers(name):
                continue
            try:
                if any(one.point == point for one in await points.listed(repository)):
                    return points
            except (Refused, Unreachable):
                continue
        return None

    async def restore(
        self, instance: InstanceId, restore: str, repository: Repository, point: str
    ) -> ContentStatus:
        points = await self._of(instance.workspace)
        return await points.restore(instance, restore, repository, point)

    async def forget(self, repository: Repository, points: Sequence[str]) -> int:
        return await (await self._of(repository.workspace)).forget(repository, points)

    async def drop(self, workspace: str, n: int) -> int:
        return await (await self._of(workspace)).drop(workspace, n)


async def _follow(points: Points, moved: asyncio.Event) -> None:
    while True:
        try:
            async with aclosing(points.watch()) as moves:
                async for _ in moves:
                    moved.set()
        except Unreachable:
            moved.set()  # what it did last may be told by the rows of others
        await asyncio.sleep(AGAIN)


class AllSnapshots:
    """Frozen trees, each on the node that has its workspace's files, or had them then."""

    def __init__(
        self,
        nodes: Mapping[str, Snapshots],
        keeper: Where,
        answers: Callable[[str], bool] = lambda _node: True,
    ) -> None:
        """`keeper` tells the node of a snapshot."""
        self._nodes = nodes
        self._keeper = keeper
        self._answers = answers

    async def sight(self, node: str = "") -> list[FrozenStatus]:
        if node:
            return [replace(one, node=node) for one in await self._at(node).sight()]
        there = {name: one for name, one in self._nodes.items() if self._answers(name)}
        asked = await asyncio.gather(
            *(one.sight() for one in there.values()), return_exceptions=True
        )
        whole: list[FrozenStatus] = []
        for name, found in zip(there, asked, strict=True):
            if isinstance(found, list):
                whole.extend(replace(one, node=name) for one in found)
            elif not isinstance(found, Unreachable):
                raise found
        return whole

    async def freeze(self, instance: InstanceId, snapshot: str) -> FrozenStatus:
        node = await self._keeper(snapshot)
        return replace(await self._at(node).freeze(instance, snapshot), node=node)

    async def let_go(self, snapshot: str) -> int:
        return await self._at(await self._keeper(snapshot)).let_go(snapshot)

    def _at(self, node: str) -> Snapshots:
        return _found(self._nodes, node, self._answers)


class AllLooks:
    """What is looked up in the trees of workspaces, wherever these are."""

    def __init__(self, nodes: Mapping[str, Content], where: Where) -> None:
        self._nodes = nodes
        self._where = where

    async def look(
        self, instance: InstanceId, revision: str, paths: Sequence[str]
    ) -> Sequence[Looked]:
        content = _found(self._nodes, await self._where(instance.workspace))
        return await content.look(instance, revision, paths)


def _found(
    nodes: Mapping[str, _T], node: str, answers: Callable[[str], bool] = lambda _node: True
) -> _T:
    """Return what leads to a node; raises Unreachable."""
    found = nodes.get(node)
    if found is None:
        raise Unreachable(f"node {node} is not in PODIUM_NODES")
    if not answers(node):
        raise Unreachable(f"node {node} does not answer")
    return found
