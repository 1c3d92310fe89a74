"""Content of workspaces: prepared, sealed, discarded; `core.content` decides, `host.trees` does.

One lock per workspace orders what touches its tree; a clone runs outside of it, as a
task of its own that a newer order, a delete or a discard cancels.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from msgspec import structs

from daemon.composite import Composite
from daemon.core import content
from daemon.core.classes import DISK
from daemon.core.content import Record, State, Status, Step, restored_record, status_of
from daemon.core.faults import BackupFailed, Fault, fault, where_full
from daemon.core.orders import LookOrder, PrepareOrder
from daemon.core.pointorders import Repository, RestoreOrder
from daemon.host import files
from daemon.host.git import Cloner, Looked
from daemon.host.helper import HelperFailed
from daemon.hub import Hub
from daemon.pressure import Pressure
from daemon.site import Site
from daemon.snapshots import Snapshots
from kit.tasks import Tasks, to_its_end
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)
Told = Callable[[int, int], None]
Fill = Callable[[Repository, str, Path, Told], Awaitable[dict[str, Any]]]
"""Fills an empty folder with a restore point; returns the record that its tree had."""
Gone = Callable[[InstanceId], Awaitable[None]]
"""Waits until older containers of the instance's workspace are gone, stopping them."""


class NotLooked(Exception):
    """git could not be asked, which says nothing about the files: worth another attempt."""


class ContentOpen(Exception):
    """A tree that somebody may write to cannot be replaced."""


class Contents:
    """Every tree of this installation on this node."""

    def __init__(
        self,
        site: Site,
        cloner: Cloner,
        snapshots: Snapshots,
        pressure: Pressure,
        hub: Hub,
        tasks: Tasks,
    ) -> None:
        self._site = site
        self._trees = site.trees
        self._cloner = cloner
        self._composite = Composite(site, cloner, snapshots, tasks)
        self._pressure = pressure
        self._hub = hub
        self._tasks = tasks
        self._passing: dict[str, Status] = {}
        """Working and failed ones, which no file tells."""
        self._work: dict[str, asyncio.Task[None]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def statuses(self) -> list[Status]:
        """Return what every tree is."""
        names = {*self._passing, *self._trees.workspaces()}
        found = (self.status(name) for name in sorted(names))
        return [status for status in found if status is not None]

    def status(self, workspace: str) -> Status | None:
        """Return what the workspace's tree is, None when there is none."""
        passing = self._passing.get(workspace)
        if passing is not None:
            return passing
        record = self._trees.record(workspace)
        return None if record is None else status_of(record)

    def restoring(self, workspace: str) -> bool:
        """Tell whether the tree is about to be replaced by another one."""
        passing = self._passing.get(workspace)
        return passing is not None and passing.state is State.WORKING and bool(passing.restored)

    async def opened_by(self, instance: InstanceId) -> bool:
        """Tell whether the tree is in place and open for this instance."""
        status = self.status(instance.workspace)
        return (
            status is not None
            and status.state is State.READY
            and status.instance == instance
            and await asyncio.to_thread(self._trees.complete, instance.workspace)
        )

    async def prepare(self, order: PrepareOrder, older_gone: Gone) -> Status:
        """Make sure that the tree is in place and open for the instance."""
        workspace = order.instance.workspace
        passing = self._passing.get(workspace)
        if passing is not None and passing.instance == order.instance:
            return passing
        await self.cancel(workspace)
        record = self._trees.record(workspace)
        tree = await asyncio.to_thread(self._trees.complete, workspace)
        step = content.plan_prepare(
            record, tree=tree, n=order.instance.n, fresh=order.fresh, left=order.left
        )
        if step is Step.KEEP and record is not None:
            return status_of(record)
        status = Status(instance=order.instance, state=State.WORKING, progress="preparing")
        if step in {Step.MISSING, Step.STALE}:
            await asyncio.to_thread(self._trees.holding.settle, workspace)
        if step is Step.MISSING:
            lost = fault("content_missing", f"{self._trees.tree(workspace)} is missing")
            return self._pass(structs.replace(status, state=State.FAILED, fault=lost, progress=""))
        if step is Step.STALE and record is not None:
            why = f"It was left by start {record.opened}, and the workspace by start {order.left}."
            stale = fault("content_stale", why)
            return self._pass(structs.replace(status, state=State.FAILED, fault=stale, progress=""))
        self._pass(status)
        work = self._prepare(order, record, older_gone)
        self._work[workspace] = self._tasks.spawn(work, f"prepare {order.instance}")
        return status

    async def restore(self, order: RestoreOrder, fill: Fill) -> Status:
        """Make sure that the tree is what a restore point holds. Raises ContentOpen."""
        workspace = order.instance.workspace
        passing, record = self._passing.get(workspace), self._trees.record(workspace)
        if passing is not None and passing.state is State.WORKING:
            if passing.restored == order.restore:
                return passing
            raise ContentOpen(f"{workspace} is being prepared")
        if record is not None and record.restored == order.restore:
            return status_of(record)
        if record is not None and record.state() is State.READY:
            raise ContentOpen(f"{workspace} is open")
        status = Status(
            instance=order.instance,
            state=State.WORKING,
            progress="restoring",
            restored=order.restore,
        )
        self._pass(status)
        work = self._restore(order, record, fill, status)
        self._work[workspace] = self._tasks.spawn(work, f"restore {order.instance}")
        return status

    async def _restore(
        self, order: RestoreOrder, record: Record | None, fill: Fill, status: Status
    ) -> None:
        begin, workspace = time.monotonic(), order.instance.workspace

        def told(done: int, total: int) -> None:
            self._pass(structs.replace(status, received=done, total=total))

        try:
            async with self._locks[workspace]:
                await self._pressure.demand()
                filled = await to_its_end(self._trees.begin_restore, workspace, DISK)
                said = await fill(order.repository, order.point, filled, told)
                restored = restored_record(said, record, order.instance, order.restore)
                await to_its_end(self._trees.finish_restore, restored)
                await to_its_end(self._trees.holding.settle, workspace)
        except BackupFailed as error:
            failed = error.fault
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits is told
            _log.warning("restore_failed", instance=str(order.instance), exc_info=error)
            full = isinstance(error, OSError) and error.errno in content.DISK_FULL
            failed = fault("disk_full" if full else "restore_failed", str(error))
        else:
            self._passing.pop(workspace, None)
            self._work.pop(workspace, None)
            self._hub.publish(status_of(restored, took=time.monotonic() - begin))
            return
        await self._forget_restore(workspace)
        failed, took = self._why(failed), time.monotonic() - begin
        self._work.pop(workspace, None)
        self._pass(structs.replace(status, state=State.FAILED, fault=failed, took=took))

    async def _forget_restore(self, workspace: str) -> None:
        try:
            await to_its_end(self._trees.forget_restore, workspace)
        except Exception as error:  # noqa: BLE001 - whoever waits is told; the next try clears it
            _log.warning("half_a_restore_stays", workspace=workspace, exc_info=error)

    async def cancel(self, workspace: str) -> None:
        """End what runs; a half-made tree is cleared by the next one, half a restore at once."""
        work = self._work.pop(workspace, None)
        if work is not None:
            work.cancel()
            await asyncio.wait([work])
            await asyncio.to_thread(self._trees.holding.settle, workspace)
            await self._forget_restore(workspace)
        self._passing.pop(workspace, None)

    async def look(self, order: LookOrder) -> list[Looked]:
        """Return what is at paths of a commit; nothing for whatever git cannot read.

        Raises NotLooked.
        """
        workspace = order.instance.workspace
        record = self._trees.record(workspace)
        folder = "" if record is None else record.folder
        tree = self._trees.view(workspace)
        try:
            return await self._cloner.look(tree, folder, order.revision, order.paths)
        except HelperFailed as error:
            _log.warning("look_failed", instance=str(order.instance), exc_info=error)
            raise NotLooked(str(error)) from error

    async def seal(self, instance: InstanceId) -> Status:
        """Make sure that every byte is safe on this node and the tree closed."""
        begin, workspace = time.monotonic(), instance.workspace
        await self.cancel(workspace)
        async with self._locks[workspace]:
            record = self._trees.record(workspace)
            if record is None:
                return Status(instance=instance, state=State.ABSENT)
            if record.sealed < max(record.opened, instance.n):
                record = structs.replace(record, sealed=max(record.opened, instance.n))
                try:
                    async with self._trees.holding.hold(workspace):
                        await asyncio.to_thread(self._trees.sync, workspace)
                        await asyncio.to_thread(self._trees.keep_record, record)
                except OSError as error:
                    # Nothing is lost yet: whoever wants it sealed asks again.
                    return self.failed(instance, error)
        status = status_of(record, took=time.monotonic() - begin)
        self._hub.publish(status)
        return status

    def failed(self, instance: InstanceId, error: OSError) -> Status:
        """Tell what the file system refused; nothing was changed."""
        _log.warning("content_refused", instance=str(instance), exc_info=error)
        why = self._why(_fault_of(error))
        status = Status(instance=instance, state=State.FAILED, fault=why)
        self._hub.publish(status)
        return status

    async def discard(self, instance: InstanceId) -> int:
        """Free the content for good; returns bytes."""
        await self.cancel(instance.workspace)
        async with self._locks[instance.workspace]:
            freed = await asyncio.to_thread(self._trees.discard, instance.workspace)
        self._locks.pop(instance.workspace, None)
        self._hub.publish(Status(instance=instance, state=State.ABSENT))
        return freed

    def _why(self, found: Fault) -> Fault:
        return where_full(found, full=files.is_full(Path(self._site.layout.content)))

    def _pass(self, status: Status) -> Status:
        self._passing[status.instance.workspace] = status
        self._hub.publish(status)
        return status

    async def _prepare(self, order: PrepareOrder, record: Record | None, older_gone: Gone) -> None:
        begin, workspace = time.monotonic(), order.instance.workspace
        try:
            await older_gone(order.instance)
            async with self._locks[workspace], self._trees.holding.hold(workspace):
                if record is not None:
                    result: Record | Fault = await self._open(order, record)
                else:
                    short = await self._pressure.refuses()
                    result = short or await self._composite.create(order, self._pass)
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits is told
            _log.warning("prepare_failed", instance=str(order.instance), exc_info=error)
            result = _fault_of(error)
        took = time.monotonic() - begin
        if isinstance(result, Fault):
            result = self._why(result)
            _log.info("content_failed", instance=str(order.instance), fault=result.code, took=took)
            failed = Status(instance=order.instance, state=State.FAILED, fault=result, took=took)
            self._pass(failed)
        else:
            _log.info("content_ready", instance=str(order.instance), took=took)
            self._passing.pop(workspace, None)
            self._hub.publish(status_of(result, took=took))
            if record is None:
                self._tasks.spawn(asyncio.to_thread(self._site.provide), "spare disk")
        self._work.pop(workspace, None)

    async def _open(self, order: PrepareOrder, record: Record) -> Record:
        opened = structs.replace(record, opened=order.instance.n)
        await asyncio.to_thread(self._trees.keep_record, opened)
        await self._site.network_of(str(order.instance))
        return opened


def _fault_of(error: Exception) -> Fault:
    full = isinstance(error, OSError) and error.errno in content.DISK_FULL
    return fault("disk_full" if full else "content_failed", str(error))
