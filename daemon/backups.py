"""Restore points of workspaces: made, read back, listed, taken out; restic does, in its box.

One lock per repository orders what writes to it. A backup works as a task of its own; the key
that it needs came with the call and is held as long as it works. After a failure or a
restart of the daemon nothing goes on by itself: whoever wants the point asks again.
"""

import asyncio
import time
from typing import Any, Final

import structlog
from msgspec import structs

from daemon.core import content, points
from daemon.core.faults import BackupFailed, Fault, fault
from daemon.core.pointorders import BackupOrder, Repository
from daemon.core.points import Point, State, Status
from daemon.host.repositories import Repositories
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.making import Making
from daemon.reading import Reading
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 2
"""Backups of a node that work at the same time."""


class Backups:
    """Every repository of this node."""

    def __init__(
        self,
        repositories: Repositories,
        trees: Trees,
        hub: Hub,
        tasks: Tasks,
        check: float = 7 * 86400.0,
    ) -> None:
        self.repositories = repositories
        self.reading = Reading(repositories)
        self._making = Making(repositories, trees, self.reading, check)
        self._hub = hub
        self._tasks = tasks
        self._statuses: dict[str, Status] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, BackupOrder] = {}
        self._forgetting: dict[str, asyncio.Task[int | BackupFailed]] = {}
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
        """Take points out, with what only they need; returns bytes freed. Raises BackupFailed.

        That goes on when whoever asked is gone: each one that is cut leaves more on the disk
        than there was, and one that takes longer than anybody waits would never end.
        """
        workspace = repository.workspace
        while (other := self._forgetting.get(workspace)) is not None and not other.done():
            await asyncio.wait([other])
        work = self._tasks.spawn(self._forget(repository, set(names)), f"forget {workspace}")
        self._forgetting[workspace] = work
        await asyncio.wait([work])
        if work.cancelled():
            raise BackupFailed(fault("backup_failed", "It gave way to somebody who waits."))
        freed: int | BackupFailed = work.result()
        if isinstance(freed, BackupFailed):
            raise freed
        return freed

    async def _forget(self, repository: Repository, gone: set[str]) -> int | BackupFailed:
        try:
            return await self._take_out(repository, gone)
        except BackupFailed as error:  # no task fails for what is told
            return error
        finally:
            self._forgetting.pop(repository.workspace, None)

    async def _take_out(self, repository: Repository, gone: set[str]) -> int:
        workspace = repository.workspace
        async with (
            self.reading.locks[workspace],
            self.repositories.ballast.given_up() as repack,
        ):
            before = await self.repositories.look(repository)
            there = await self.reading.listed(repository, before)
            snapshots = [one.snapshot for one in there if one.point in gone]
            book = self.repositories.book(workspace)
            if not snapshots and gone.isdisjoint(book.lacking):
                return 0
            verified = self.repositories.verified(workspace)
            begun = structs.replace(book, pruning=True)
            await asyncio.to_thread(self.repositories.keep_book, workspace, begun)
            answer = await self.reading.run(
                "forget",
                repository,
                snapshots=snapshots,
                verified=verified,
                lacking=bool(set(book.lacking) - gone),
                repack=repack,
                writes=True,
            )
            await asyncio.to_thread(self.repositories.keep_verified, workspace, answer["verified"])
            left = {name: one for name, one in book.points.items() if name not in gone}
            mark = book.fingerprint if book.newest in left else ""
            kept = structs.replace(
                book,
                points=left,
                fingerprint=mark,
                newest=book.newest if mark else "",
                lacking=[one for one in book.lacking if one not in gone],
            )
            await asyncio.to_thread(self.repositories.keep_book, workspace, kept)
            self._forget_status(workspace, gone)
            after = await self.repositories.look(repository)
        return max(before.size - after.size, 0)

    async def drop(self, workspace: str) -> int:
        """Remove the repository for good; returns bytes freed. Raises BackupFailed."""
        await self.cancel(workspace)
        async with self.reading.locks[workspace]:
            freed = await self.repositories.drop(workspace)
        self._statuses.pop(workspace, None)
        self._hub.publish(Status(workspace=workspace, point="", state=State.ABSENT))
        return freed

    async def leave(self, workspace: str) -> None:
        """Note that others may take something out from here on: the tree is here no longer.

        Whoever reads is not waited for, and whoever writes has been cancelled.
        """
        if self.repositories.book_file(workspace).exists():
            book = structs.replace(self.repositories.book(workspace), pruning=True)
            await asyncio.to_thread(self.repositories.keep_book, workspace, book)

    async def cancel(self, workspace: str) -> None:
        """End a backup that works, and what takes points out; whoever wants it asks again."""
        self._next.pop(workspace, None)
        forgetting = self._forgetting.pop(workspace, None)
        if forgetting is not None:
            forgetting.cancel()
            await asyncio.wait([forgetting])
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
            # whoever waits for a long restore or prune of its own takes nobody's turn
            async with self.reading.locks[workspace], self._turns:
                made: Point | Fault = await self._making.make(order, self._teller(order))
        except BackupFailed as error:
            made = error.fault
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits is told
            _log.warning("backup_broke", workspace=workspace, exc_info=error)
            full = isinstance(error, OSError) and error.errno in content.DISK_FULL
            made = fault("disk_full_backup" if full else "backup_failed", str(error))
        took = time.monotonic() - begin
        if isinstance(made, Fault):
            _log.warning("backup_failed", workspace=workspace, fault=made.code, detail=made.detail)
            status = structs.replace(status, state=State.FAILED, fault=made, took=took)
        else:
            _log.info("backup_done", workspace=workspace, point=made.point, took=took)
            lacking = self.repositories.book(workspace).lacking
            status = structs.replace(
                status, state=State.DONE, made=made, took=took, lacking=lacking
            )
        self._work.pop(workspace, None)
        self._tell(status)
        waiting = self._next.pop(workspace, None)
        if waiting is not None:
            self._begin(waiting)

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
