"""Content of workspaces: prepared, sealed, discarded; `core.content` decides, `host.trees` does.

One lock per workspace orders what touches its tree; a clone runs outside of it, as a
task of its own that a newer order, a delete or a discard cancels.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from msgspec import structs

from daemon.core import content
from daemon.core.clone import Source
from daemon.core.content import Record, State, Status, Step, plan_prepare, status_of
from daemon.core.faults import Fault, fault
from daemon.core.orders import LookOrder, PrepareOrder
from daemon.core.progress import Progress
from daemon.host.git import Cloned, Cloner, Looked
from daemon.host.helper import HelperFailed
from daemon.host.networks import NetworkFailed
from daemon.host.ranges import NoSlotLeft
from daemon.hub import Hub
from daemon.site import Site
from kit.tasks import Tasks
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)
_PROGRESS_EVERY: Final = 0.2
"""Seconds between progress lines that people see."""

Gone = Callable[[InstanceId], Awaitable[None]]
"""Waits until older containers of the instance's workspace are gone, stopping them."""


class Contents:
    """Every tree of this installation on this node."""

    def __init__(self, site: Site, cloner: Cloner, hub: Hub, tasks: Tasks) -> None:
        self._site = site
        self._trees = site.trees
        self._cloner = cloner
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

    def opened_by(self, instance: InstanceId) -> bool:
        """Tell whether the tree is in place and open for this instance."""
        status = self.status(instance.workspace)
        return (
            status is not None
            and status.state is State.READY
            and status.instance == instance
            and self._trees.complete(instance.workspace)
        )

    async def prepare(self, order: PrepareOrder, older_gone: Gone) -> Status:
        """Make sure that the tree is in place and open for the instance."""
        workspace = order.instance.workspace
        passing = self._passing.get(workspace)
        if passing is not None and passing.instance == order.instance:
            return passing
        await self.cancel(workspace)
        record, tree = self._trees.record(workspace), self._trees.complete(workspace)
        step = plan_prepare(record, tree=tree, n=order.instance.n, fresh=order.fresh)
        if step is Step.KEEP and record is not None:
            return status_of(record)
        status = Status(instance=order.instance, state=State.WORKING, progress="preparing")
        if step is Step.MISSING:
            lost = fault("content_missing", f"{self._trees.tree(workspace)} is missing")
            return self._pass(structs.replace(status, state=State.FAILED, fault=lost, progress=""))
        self._pass(status)
        work = self._prepare(order, record, older_gone)
        self._work[workspace] = self._tasks.spawn(work, f"prepare {order.instance}")
        return status

    async def cancel(self, workspace: str) -> None:
        """End a prepare that runs; a half-made tree is cleared by the next one."""
        work = self._work.pop(workspace, None)
        if work is not None:
            work.cancel()
            await asyncio.wait([work])
        self._passing.pop(workspace, None)

    async def look(self, order: LookOrder) -> list[Looked]:
        """Return what is at paths of a commit; nothing for whatever cannot be read."""
        workspace = order.instance.workspace
        record = self._trees.record(workspace)
        folder = "" if record is None else record.folder
        tree = self._trees.tree(workspace)
        try:
            return await self._cloner.look(tree, folder, order.revision, order.paths)
        except HelperFailed as error:
            _log.warning("look_failed", instance=str(order.instance), exc_info=error)
            return [Looked() for _path in order.paths]

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
        status = Status(instance=instance, state=State.FAILED, fault=_fault_of(error))
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

    def _pass(self, status: Status) -> Status:
        self._passing[status.instance.workspace] = status
        self._hub.publish(status)
        return status

    async def _prepare(self, order: PrepareOrder, record: Record | None, older_gone: Gone) -> None:
        begin, workspace = time.monotonic(), order.instance.workspace
        try:
            await older_gone(order.instance)
            async with self._locks[workspace]:
                result = await (
                    self._create(order) if record is None else self._open(order, record)
                )
        except (HelperFailed, NetworkFailed, NoSlotLeft, OSError) as error:
            _log.warning("prepare_failed", instance=str(order.instance), exc_info=error)
            result = _fault_of(error)
        took = time.monotonic() - begin
        if isinstance(result, Fault):
            _log.info("content_failed", instance=str(order.instance), fault=result.code, took=took)
            failed = Status(instance=order.instance, state=State.FAILED, fault=result, took=took)
            self._pass(failed)
        else:
            _log.info("content_ready", instance=str(order.instance), took=took)
            self._passing.pop(workspace, None)
            self._hub.publish(status_of(result, took=took))
        self._work.pop(workspace, None)

    async def _open(self, order: PrepareOrder, record: Record) -> Record:
        opened = structs.replace(record, opened=order.instance.n)
        await asyncio.to_thread(self._trees.keep_record, opened)
        await self._site.network_of(str(order.instance))
        return opened

    async def _create(self, order: PrepareOrder) -> Record | Fault:
        checked = await asyncio.to_thread(
            self._cloner.check,
            order.url,
            order.ref,
            place=order.place,
            inside=order.path,
            partial=order.partial,
        )
        if isinstance(checked, Fault):
            return checked
        source, local = checked
        workspace, key = order.instance.workspace, str(order.instance)
        tree = await asyncio.to_thread(self._trees.begin, workspace)
        skeleton = self._site.home_skeleton(order.image)
        growing = asyncio.to_thread(self._trees.begin_home, workspace, skeleton)
        home = self._tasks.spawn(growing, f"home {order.instance}")
        try:
            result = await self._clone(order, source, local, tree)
        finally:  # a thread goes on when its task is cancelled, and the folder is to be nobody's
            await asyncio.wait([home])
        if isinstance(result, Fault):
            await asyncio.to_thread(self._trees.discard, workspace)
            if result.code == "disk_full":
                await self._cloner.make_room()
            return result
        home.result()
        self._tasks.spawn(self._tidy(source, repack=result.tidy), f"tidy mirror for {key}")
        record = Record(
            workspace=workspace,
            opened=order.instance.n,
            folder=order.folder,
            revision=result.revision,
            branch=result.branch,
            path=result.path,
            config=result.config,
            home=order.image,
        )
        await asyncio.to_thread(self._trees.finish, record)
        return record

    async def _clone(
        self, order: PrepareOrder, source: Source, local: str, tree: Path
    ) -> Cloned | Fault:
        """Clone, and make the instance's network: before it, or beside it where none is used."""
        key, networks = str(order.instance), self._site.networks
        tell = _Teller(self._pass, order.instance)

        def clone(netns: Path | None) -> Awaitable[Cloned | Fault]:
            return self._cloner.clone(
                source, local, tree, netns, networks.resolvers, tell.progress, order.credentials
            )

        if not local:
            await self._site.network_of(key)
            return await clone(networks.netns(key))
        network = self._tasks.spawn(self._site.network_of(key), f"network {key}")
        try:
            result = await clone(None)
        except BaseException:
            network.cancel()
            raise
        await network
        return result

    async def _tidy(self, source: Source, *, repack: bool) -> None:
        try:
            await self._cloner.tidy(source, repack=repack)
        except (HelperFailed, OSError, ValueError) as error:
            _log.warning("mirror_not_tidied", exc_info=error)


def _fault_of(error: Exception) -> Fault:
    full = isinstance(error, OSError) and error.errno in content.DISK_FULL
    return fault("disk_full" if full else "content_failed", str(error))


class _Teller:
    """Passes progress on, a few lines a second at most."""

    def __init__(self, tell: Callable[[Status], Status], instance: InstanceId) -> None:
        self._tell = tell
        self._instance = instance
        self._last = 0.0

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < _PROGRESS_EVERY and not progress.steady:
            return
        self._last = now
        self._tell(
            Status(
                instance=self._instance,
                state=State.WORKING,
                progress=progress.text,
                received=progress.received,
            )
        )
