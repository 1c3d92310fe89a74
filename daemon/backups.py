"""Restore points of workspaces: made, read back, listed, taken out; restic does, in its box.

One lock per repository orders what writes to it. A backup works as a task of its own; the key
that it needs came with the call and is held as long as it works. After a failure or a
restart of the daemon nothing goes on by itself: whoever wants the point asks again.
"""

import asyncio
import time
from typing import Any, Final

import msgspec
import structlog
from msgspec import structs

from daemon.core import content, points
from daemon.core.faults import BackupFailed, Fault, fault
from daemon.core.pointorders import BackupOrder, Repository
from daemon.core.points import Book, Point, State, Status
from daemon.host.repositories import Repositories
from daemon.host.restic_backup import TOPS
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.reading import Reading
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 2
"""Backups of a node that work at the same time."""


class Backups:
    """Every repository of this node."""

    def __init__(self, repositories: Repositories, trees: Trees, hub: Hub, tasks: Tasks) -> None:
        self._repositories = repositories
        self.reading = Reading(repositories)
        self._trees = trees
        self._hub = hub
        self._tasks = tasks
        self._statuses: dict[str, Status] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, BackupOrder] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def statuses(self) -> list[Status]:
        """Return the newest backup of each workspace that was asked for."""
        return list(self._statuses.values())

    async def backup(self, order: BackupOrder) -> Status:
        """Make sure of a restore point; returns at once with what is."""
        workspace = order.instance.workspace
        known = self._statuses.get(workspace)
        if known is not None and known.point == order.point and known.state is not State.FAILED:
            return known
        if not self._idle(workspace):
            self._next[workspace] = order  # the one that works is finished first
            return Status(workspace=workspace, point=order.point, state=State.WORKING)
        return self._begin(order)

    async def forget(self, repository: Repository, names: list[str]) -> int:
        """Take points out, with what only they need; returns bytes freed. Raises BackupFailed."""
        workspace = repository.workspace
        gone = set(names)
        async with self.reading.locks[workspace]:
            before = await self._repositories.look(repository)
            there = await self.reading.listed(repository, before)
            snapshots = [one.snapshot for one in there if one.point in gone]
            if not snapshots:
                return 0
            verified = self._repositories.verified(workspace)
            answer = await self.reading.run(
                "forget", repository, snapshots=snapshots, verified=verified, writes=True
            )
            await asyncio.to_thread(self._repositories.keep_verified, workspace, answer["verified"])
            book = self._repositories.book(workspace)
            left = {name: one for name, one in book.points.items() if name not in gone}
            mark = book.fingerprint if book.newest in left else ""
            kept = Book(points=left, fingerprint=mark, newest=book.newest if mark else "")
            await asyncio.to_thread(self._repositories.keep_book, workspace, kept)
            self._forget_status(workspace, gone)
            after = await self._repositories.look(repository)
        return max(before.size - after.size, 0)

    async def drop(self, workspace: str) -> int:
        """Remove the repository for good; returns bytes freed. Raises BackupFailed."""
        await self.cancel(workspace)
        async with self.reading.locks[workspace]:
            freed = await self._repositories.drop(workspace)
        self._statuses.pop(workspace, None)
        self._hub.publish(Status(workspace=workspace, point="", state=State.ABSENT))
        return freed

    async def cancel(self, workspace: str) -> None:
        """End a backup that works; whoever wants it asks again."""
        self._next.pop(workspace, None)
        work = self._work.pop(workspace, None)
        if work is not None:
            work.cancel()
            await asyncio.wait([work])
            self._statuses.pop(workspace, None)

    def _idle(self, workspace: str) -> bool:
        work = self._work.get(workspace)
        return work is None or work.done()

    def _begin(self, order: BackupOrder) -> Status:
        workspace = order.instance.workspace
        status = Status(workspace=workspace, point=order.point, state=State.WORKING)
        self._tell(status)
        work = self._one(order)
        self._work[workspace] = self._tasks.spawn(work, f"backup {workspace} {order.point}")
        return status

    async def _one(self, order: BackupOrder) -> None:
        begin, workspace = time.monotonic(), order.instance.workspace
        status = Status(workspace=workspace, point=order.point, state=State.WORKING)
        try:
            async with self._turns, self.reading.locks[workspace]:
                made: Point | Fault = await self._make(order)
        except BackupFailed as error:
            made = error.fault
        except (OSError, msgspec.DecodeError, ValueError, KeyError) as error:
            _log.warning("backup_broke", workspace=workspace, exc_info=error)
            full = isinstance(error, OSError) and error.errno in content.DISK_FULL
            made = fault("disk_full_backup" if full else "backup_failed", str(error))
        took = time.monotonic() - begin
        if isinstance(made, Fault):
            _log.warning("backup_failed", workspace=workspace, fault=made.code, detail=made.detail)
            status = structs.replace(status, state=State.FAILED, fault=made, took=took)
        else:
            _log.info("backup_done", workspace=workspace, point=made.point, took=took)
            status = structs.replace(status, state=State.DONE, made=made, took=took)
        self._work.pop(workspace, None)
        self._tell(status)
        waiting = self._next.pop(workspace, None)
        if waiting is not None:
            self._begin(waiting)

    async def _make(self, order: BackupOrder) -> Point | Fault:
        workspace, repository = order.instance.workspace, order.repository
        record = self._trees.record(workspace)
        if record is None or not self._trees.complete(workspace):
            return fault("content_missing", "There is no tree to make a backup of.")
        book = self._repositories.book(workspace)
        noted = book.points.get(order.point)
        look = await self._repositories.look(repository)
        if noted is not None and noted.verified and noted.snapshot in look.snapshots:
            return noted
        if not look.exists:
            await self._repositories.start(repository)
        last = book.points.get(book.newest)
        current = last is not None and last.verified and last.snapshot in look.snapshots
        answer = await self.reading.run(
            "backup",
            repository,
            self._teller(order),
            writes=True,
            idle=record.state() is content.State.READY,
            tree=self._shown(workspace),
            point=order.point,
            tags=points.tags_of(order.point, str(order.instance)),
            excludes=order.excludes,
            record=msgspec.to_builtins(record),
            parent=last.snapshot if last is not None else "",
            fingerprint=book.fingerprint if current and not order.always else "",
            verified=self._repositories.verified(workspace),
        )
        if answer["unchanged"] and last is not None:
            return last
        return await asyncio.to_thread(self._note, order, book, answer)

    def _shown(self, workspace: str) -> dict[str, Any]:
        shown = (self._trees.view(workspace), str(self._trees.home(workspace)))
        return dict(zip(TOPS, shown, strict=True))

    def _note(self, order: BackupOrder, book: Book, answer: dict[str, Any]) -> Point | Fault:
        """Keep what a backup has told; the point counts from here on."""
        workspace = order.instance.workspace
        found = points.points_of(msgspec.json.encode(answer["snapshots"]), book.points)
        made = next((one for one in found if one.point == order.point), None)
        if made is None:
            return fault("backup_failed", "restic does not list the snapshot that it has made.")
        summary = answer["summary"]
        made = structs.replace(
            made,
            verified=True,
            files_new=summary.get("files_new", 0),
            files_changed=summary.get("files_changed", 0),
            added=summary.get("data_added", 0),
        )
        self._repositories.keep_verified(workspace, answer["verified"])
        known = {one.point: one for one in found} | {made.point: made}
        self._repositories.keep_book(
            workspace, Book(points=known, fingerprint=answer["fingerprint"], newest=made.point)
        )
        return made

    def _teller(self, order: BackupOrder) -> Any:
        def told(line: dict[str, Any]) -> None:
            self._tell(points.working(order.instance.workspace, order.point, line))

        return told

    def _forget_status(self, workspace: str, gone: set[str]) -> None:
        """Let a point that was taken out be asked for as if it had never been."""
        known = self._statuses.get(workspace)
        if known is not None and known.made is not None and known.made.point in gone:
            del self._statuses[workspace]

    def _tell(self, status: Status) -> None:
        self._statuses[status.workspace] = status
        self._hub.publish(status)
