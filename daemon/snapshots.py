"""Snapshots: a workspace's tree kept as a frozen one, and workspaces that begin as one.

A snapshot is written down when it is whole; one that a crash has cut is made again by whoever
wants it. How a workspace begins as one is what a trial at the daemon's start has shown to work.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import structlog
from msgspec import MsgspecError

from daemon.core import content, frozen
from daemon.core.content import Record
from daemon.core.drivers import Driver, chosen
from daemon.core.faults import Fault, fault, where_full
from daemon.core.frozen import FreezeOrder, Frozen, State, Status
from daemon.core.orders import PrepareOrder
from daemon.host import files
from daemon.host.helper import HelperFailed, run_helper
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.pressure import Pressure
from daemon.site import Site
from kit.tasks import Tasks, to_its_end

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 2
"""Trees of a node that are copied at the same time."""
_FULL: Final = "No space left on device"
View = str | dict[str, str]
"""A tree as `host.layered` shows it."""
Rest = Callable[[View, Path, Record], Awaitable[Record | Fault]]
"""Does what is left to do about a thawed tree: shown so, its own files here, with that record."""
_WHOLE: Final[dict[str, Any]] = {"left_out": [], "kept": [], "kept_prefixes": [], "linked": []}


class Snapshots:
    """Every frozen tree of this node."""

    def __init__(self, site: Site, pressure: Pressure, hub: Hub, tasks: Tasks) -> None:
        self._site = site
        self._trees: Trees = site.trees
        self._pressure = pressure
        self._hub = hub
        self._tasks = tasks
        self._passing: dict[str, Status] = {}
        self._work: dict[str, tuple[str, asyncio.Task[None]]] = {}
        """Snapshot → workspace, and the task that copies its tree."""
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self.driver = Driver.COPY

    @classmethod
    async def opened(
        cls, site: Site, pressure: Pressure, hub: Hub, tasks: Tasks, *, stand: bool = True
    ) -> "Snapshots":
        """Return the node's snapshots, having tried what its file system can do.

        Without `stand` trees are always copies: nobody can map an overlay's ids for a pod.
        """
        made = cls(site, pressure, hub, tasks)
        await made._try(stand=stand)
        return made

    def _there(self) -> dict[str, Status]:
        """Return what is on the disk now: files of a snapshot may go with it, and come back."""
        found: dict[str, Status] = {}
        for name in self._names():
            try:
                known = self._trees.frozen.record(name)
            except (OSError, ValueError, MsgspecError) as error:  # nobody can begin as that one
                _log.warning("snapshot_unread", snapshot=name, detail=str(error))
                continue
            if known is not None:
                found[name] = frozen.status_of(known)
        return found

    def _names(self) -> list[str]:
        try:
            return self._trees.frozen.names()
        except OSError as error:  # the folder went with its disk
            _log.warning("snapshots_unread", detail=str(error))
            return []

    async def _try(self, *, stand: bool) -> None:
        folder = await asyncio.to_thread(self._trees.frozen.begin_trial)
        try:
            found = json.loads(await run_helper("layered_child", {"folder": str(folder)}))
        except (HelperFailed, ValueError) as error:
            found = {"overlay": False, "reflink": False, "why": str(error)}
        finally:
            await asyncio.to_thread(self._trees.frozen.end_trial)
        self.driver = chosen(overlay=found["overlay"] and stand, reflink=found["reflink"])
        _log.info("content_driver", driver=self.driver.value, why=found["why"])

    def statuses(self) -> list[Status]:
        """Return what every frozen tree is."""
        return list({**self._there(), **self._passing}.values())

    async def freeze(self, order: FreezeOrder) -> Status:
        """Make sure that the snapshot is there; returns at once with what is."""
        there = self._trees.frozen.record(order.snapshot)
        if there is not None:
            return frozen.status_of(there)
        if order.snapshot in self._work:
            return self._passing[order.snapshot]
        status = Status(snapshot=order.snapshot, state=State.WORKING)
        self._tell(status)
        work = self._tasks.spawn(self._freeze(order), f"freeze {order.snapshot}")
        self._work[order.snapshot] = (order.instance.workspace, work)
        return status

    async def let_go(self, snapshot: str) -> int:
        """Make sure that it goes once nobody stands on it; returns the bytes freed now."""
        await self._end([snapshot])
        self._passing.pop(snapshot, None)
        await asyncio.to_thread(self._trees.frozen.let_go, snapshot)
        return await asyncio.to_thread(self._trees.sweep)

    async def cancel(self, workspace: str) -> None:
        """End what copies the workspace's tree, which is about to be another one."""
        await self._end([one for one, (whose, _task) in self._work.items() if whose == workspace])

    async def thaw(self, order: PrepareOrder, snapshot: str, rest: Rest) -> Record | Fault:
        """Make the first tree of a workspace from a frozen one; returns its record."""
        there = self._trees.frozen.hold(snapshot)
        if there is None:
            return fault("snapshot_missing", f"There is no snapshot {snapshot} on this node.")
        try:
            result = await self._thaw(order, there, rest)
        except (HelperFailed, OSError) as error:
            result = failed(error)
        finally:
            self._trees.frozen.release(snapshot)
        if isinstance(result, Fault):
            await asyncio.to_thread(self._trees.discard, order.instance.workspace)
        return result

    async def _thaw(self, order: PrepareOrder, there: Frozen, rest: Rest) -> Record | Fault:
        workspace, stands = order.instance.workspace, self.driver is Driver.OVERLAY
        target = await to_its_end(self._trees.begin_thawed, workspace, order.disk, stands=stands)
        skeleton = self._site.home_skeleton(order.image)
        growing = asyncio.to_thread(self._trees.begin_home, workspace, skeleton)
        home = self._tasks.spawn(growing, f"home {order.instance}")
        record = Record(
            workspace=workspace,
            opened=order.instance.n,
            folder=there.folder,
            revision=there.revision,
            branch=there.branch,
            path=there.path,
            config=there.config,
            lower=there.snapshot if stands else "",
            home=order.image,
        )
        try:
            source = str(self._trees.frozen.tree(there.snapshot))
            if not stands:
                await self._copy(source, target, **_WHOLE)
            elif there.linked:
                await self._copy(source, target, **{**_WHOLE, "linked": there.linked})
            await self._site.network_of(str(order.instance))
            layers = self._trees.layers_on(workspace, there.snapshot)
            made = await rest(layers if stands else str(target), target, record)
        finally:  # a thread goes on when its task is cancelled, and the folder is to be nobody's
            await asyncio.wait([home])
        if isinstance(made, Fault):
            return made
        home.result()
        await to_its_end(self._trees.finish_thawed, made)
        return made

    async def _freeze(self, order: FreezeOrder) -> None:
        begin = time.monotonic()
        try:
            async with self._turns, self._trees.holding.hold(order.instance.workspace):
                made = await self._make(order)
        except HelperFailed as error:
            made = failed(error)
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits is told
            _log.warning("freeze_broke", snapshot=order.snapshot, exc_info=error)
            full = isinstance(error, OSError) and error.errno in content.DISK_FULL
            made = fault("disk_full" if full else "freeze_failed", str(error))
        took = time.monotonic() - begin
        if isinstance(made, Fault):
            made = where_full(made, full=files.is_full(Path(self._site.layout.content)))
            await self._forget(order.snapshot)
            _log.warning("freeze_failed", snapshot=order.snapshot, detail=made.detail)
            self._tell(Status(snapshot=order.snapshot, state=State.FAILED, fault=made, took=took))
        else:
            _log.info("frozen", snapshot=order.snapshot, bytes=made.bytes, took=took)
            self._passing.pop(order.snapshot, None)
            self._hub.publish(frozen.status_of(made, took))
        self._work.pop(order.snapshot, None)

    async def _make(self, order: FreezeOrder) -> Frozen | Fault:
        workspace = order.instance.workspace
        record = self._trees.record(workspace)
        if record is None:
            return fault("content_missing", "There is no tree to make a snapshot of.")
        if not await asyncio.to_thread(self._trees.complete, workspace):
            place = self._trees.tree(workspace).parent
            return fault("content_incomplete", f"Of {place} the files or the home are missing.")
        short = await self._pressure.refuses()
        if short is not None:
            return short
        target = await asyncio.to_thread(self._trees.frozen.begin, order.snapshot)
        said = await self._copy(
            self._trees.view(workspace),
            target,
            left_out=frozen.LEFT_OUT,
            kept=frozen.KEPT,
            kept_prefixes=frozen.KEPT_PREFIXES,
            linked=[],
            idle=record.state() is content.State.READY,
        )
        made = Frozen(
            snapshot=order.snapshot,
            folder=record.folder,
            revision=record.revision,
            branch=record.branch,
            path=record.path,
            config=record.config,
            **said,
        )
        await to_its_end(self._trees.frozen.finish, made)
        return made

    async def _copy(
        self, source: str | dict[str, str], target: Path, **words: object
    ) -> dict[str, Any]:
        """Copy in a box; returns what is in it now. Raises HelperFailed; cancelling ends it."""
        plan = {
            "stage": str(self._site.stage),
            "tree": {"workspace": source},
            "target": str(target),
            "idle": False,
            **words,
        }
        answer: dict[str, Any] = json.loads(await run_helper("copy_child", plan) or "{}")
        return answer

    async def _end(self, snapshots: list[str]) -> None:
        for snapshot in snapshots:
            _workspace, work = self._work.pop(snapshot, ("", None))
            if work is not None:
                work.cancel()
                await asyncio.wait([work])
                self._passing.pop(snapshot, None)
                await self._forget(snapshot)

    async def _forget(self, snapshot: str) -> None:
        """Remove what was not finished; what cannot be removed waits for the next try."""
        try:
            await asyncio.to_thread(self._trees.frozen.forget, snapshot)
        except OSError as error:
            _log.warning("half_a_snapshot_stays", snapshot=snapshot, exc_info=error)

    def _tell(self, status: Status) -> None:
        self._passing[status.snapshot] = status
        self._hub.publish(status)


def failed(error: HelperFailed | OSError) -> Fault:
    """Return why a copy could not be made."""
    found = isinstance(error, OSError) and error.errno in content.DISK_FULL
    full = found or str(error).endswith(_FULL)
    return fault("disk_full" if full else "freeze_failed", str(error))
