"""What is in the repositories of this node: points, folders, files, and a point as a tree."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec

from daemon.core import points
from daemon.core.faults import BackupFailed, fault
from daemon.core.pointorders import Repository
from daemon.core.points import Point
from daemon.host.repositories import Look, Repositories
from daemon.host.survey import spell

Told = Callable[[int, int], None]
"""Is told bytes that are done, and of how many."""


class Reading:
    """Reads repositories; whoever writes to one holds its lock of `locks`."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def points(self, repository: Repository) -> tuple[list[Point], int]:
        """Return the points, oldest first, and what the repository takes. Raises BackupFailed."""
        look = await self._repositories.look(repository)
        return await self.listed(repository, look), look.size

    async def browse(self, repository: Repository, point: str, path: bytes) -> list[dict[str, Any]]:
        """Return what is in a folder of a point. Raises BackupFailed."""
        snapshot = await self._snapshot(repository, point)
        answer = await self.run("browse", repository, snapshot=snapshot, path=spell(path))
        entries: list[dict[str, Any]] = answer["entries"]
        return entries

    async def export(
        self, repository: Repository, point: str, path: bytes, archive: str
    ) -> AsyncIterator[bytes]:
        """Yield a file, or a folder as an archive. Raises BackupFailed."""
        snapshot = await self._snapshot(repository, point)
        folder = self._repositories.folder(repository.workspace)
        words = {"snapshot": snapshot, "path": spell(path), "archive": archive}
        stream = self._repositories.restic.stream("export", repository, folder, **words)
        try:
            async with aclosing(stream):
                async for chunk in stream:
                    yield chunk
        except BackupFailed as error:
            await self._doubt(repository, error)
            raise

    async def fill(
        self, repository: Repository, point: str, target: Path, told: Told
    ) -> dict[str, Any]:
        """Restore a point into an empty folder; returns the record of its tree.

        `told` is called with the bytes that have come, and of how many. Raises BackupFailed.
        """
        found = await self._point(repository, point)

        def metered(line: dict[str, Any]) -> None:
            told(min(line.get("written", 0), found.bytes), found.bytes)

        async with self.locks[repository.workspace]:
            words = {"snapshot": found.snapshot, "target": str(target)}
            answer = await self.run("restore", repository, metered, **words)
        record: dict[str, Any] = answer["record"]
        return record

    async def listed(self, repository: Repository, look: Look) -> list[Point]:
        """Return the points of a repository of which so much is known. Raises BackupFailed."""
        if not look.exists:
            return []
        book = self._repositories.book(repository.workspace)
        if {one.snapshot for one in book.points.values()} == look.snapshots:
            return sorted(book.points.values(), key=lambda one: one.time)
        answer = await self.run("points", repository)
        return points.points_of(msgspec.json.encode(answer["snapshots"]), book.points)

    async def run(
        self, task: str, repository: Repository, told: Any = None, **words: object
    ) -> dict[str, Any]:
        """Have the child do a task. Raises BackupFailed."""
        folder = self._repositories.folder(repository.workspace)
        try:
            return await self._repositories.restic.run(
                task, repository, folder, told or _nothing, **words
            )
        except BackupFailed as error:
            await self._doubt(repository, error)
            raise

    async def _doubt(self, repository: Repository, error: BackupFailed) -> None:
        if error.fault.code == "repository_damaged":
            await asyncio.to_thread(self._repositories.doubt, repository.workspace)

    async def _snapshot(self, repository: Repository, point: str) -> str:
        return (await self._point(repository, point)).snapshot

    async def _point(self, repository: Repository, point: str) -> Point:
        look = await self._repositories.look(repository)
        found = [one for one in await self.listed(repository, look) if one.point == point]
        if not found:
            raise BackupFailed(fault("point_unknown"))
        return found[0]


def _nothing(_line: dict[str, Any]) -> None:
    pass
