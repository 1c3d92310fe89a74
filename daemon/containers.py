"""Containers of this node: started, watched through a pidfd, found again, taken away.

What a container is doing is decided by `core.container`; this module does what it
says. `state.json` is written before anything is made and removed last, so a daemon
that dies anywhere in between finds everything it has to clear.
"""

import asyncio
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from msgspec import structs

from daemon.core import container
from daemon.core.container import Action, Event, State, Status, decide
from daemon.core.faults import Fault, fault
from daemon.core.iolimits import weight_of
from daemon.core.orders import ApplyOrder
from daemon.core.record import InstanceRecord
from daemon.host import cgroups, launch, logs, processes
from daemon.host.runtimes import RuntimeFailed
from daemon.hub import Hub
from daemon.site import Site
from kit.tasks import Tasks
from wire.ids import InstanceId, parse_instance_id

_log = structlog.get_logger(__name__)
_START_PATIENCE: Final = 60.0
"""Seconds for one start; a healthy one takes a thousandth of it."""
_RETRY: Final = 1.0
"""Seconds before clearing up is tried again."""


@dataclass(slots=True)
class _Entry:
    status: Status
    pidfd: int | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    start: "asyncio.Task[None] | None" = None


class Containers:
    """Every container of this installation on this node."""

    def __init__(self, site: Site, hub: Hub, tasks: Tasks) -> None:
        self._site = site
        self._hub = hub
        self._tasks = tasks
        self._entries: dict[str, _Entry] = {}

    def adopt(self, records: list[InstanceRecord]) -> None:
        """Take over what an earlier daemon has started; half-started ones are cleared."""
        for record in records:
            instance = parse_instance_id(record.instance)
            if instance is None:
                continue
            entry = self._entries[record.instance] = _Entry(
                Status(instance=instance, state=State.STARTING, took=record.took)
            )
            if record.pid == 0:
                self._order_stop(entry, 0.0)
            elif not self._attach(entry, record):
                detail = "" if record.boot == processes.boot_id() else "the machine was restarted"
                self._note_death(entry, record, -1, detail)

    def statuses(self) -> list[Status]:
        """Return what every container does."""
        return [entry.status for entry in self._entries.values()]

    def alive(self, workspace: str, *, besides: InstanceId | None = None) -> list[InstanceId]:
        """Return the workspace's instances whose container may still have processes."""
        return [
            entry.status.instance
            for entry in self._entries.values()
            if entry.status.instance.workspace == workspace
            and entry.status.instance != besides
            and entry.status.state.alive
        ]

    def images(self) -> set[str]:
        """Return the images that containers run from, or that builds begin with."""
        return {one for record in self._site.records() for one in (record.image, record.base)}

    def running_netns(self, instance: str) -> Path | None:
        """Return the network namespace's file of a running instance."""
        entry = self._entries.get(instance)
        if entry is None or entry.status.state is not State.RUNNING:
            return None
        return self._site.networks.netns(instance)

    def apply(self, order: ApplyOrder) -> Status:
        """Make sure that the container runs; the start goes on in the background."""
        key = str(order.instance)
        entry = self._entries.get(key)
        if entry is None:
            missing = self._site.missing(order)
            if missing is not None:
                return Status(instance=order.instance, state=State.FAILED, fault=missing)
            entry = _Entry(Status(instance=order.instance, state=State.ABSENT))
        state, action = decide(entry.status.state, Event.APPLY)
        if action is Action.START:
            self._entries[key] = entry
            self._change(entry, structs.replace(entry.status, state=state))
            entry.start = self._tasks.spawn(self._start(entry, order), f"start {key}")
        return entry.status

    def delete(self, instance: InstanceId, grace: float) -> Status:
        """Make sure that the container is gone; stopping goes on in the background."""
        entry = self._entries.get(str(instance))
        if entry is None:
            entry = _Entry(Status(instance=instance, state=State.ABSENT))
            if not self._site.has_leftovers(str(instance)):
                return entry.status
            self._entries[str(instance)] = entry
        self._order_stop(entry, grace)
        return entry.status

    async def gone(self, instances: list[InstanceId]) -> None:
        """Wait until the instances have no processes any more."""
        for one in instances:
            entry = self._entries.get(str(one))
            if entry is not None and entry.status.state.alive:
                await entry.ended.wait()

    def _order_stop(self, entry: _Entry, grace: float) -> None:
        state, action = decide(entry.status.state, Event.DELETE)
        if action is Action.STOP:
            self._change(entry, structs.replace(entry.status, state=state, took=0.0))
            name = f"stop {entry.status.instance}"
            self._tasks.spawn(self._stop(entry, grace), name)

    async def _start(self, entry: _Entry, order: ApplyOrder) -> None:
        key = str(order.instance)
        try:
            async with asyncio.timeout(_START_PATIENCE):
                record = await self._launch(key, order)
        except Exception as error:  # noqa: BLE001 - the root of a task: whoever waits is told
            if not isinstance(error, RuntimeFailed):
                _log.warning("start_failed", instance=key, exc_info=error)
            self._started(entry, Event.START_FAILED, fault=fault("start_failed", str(error)))
            return
        if self._attach(entry, record):
            _log.info("container_started", instance=key, pid=record.pid, took=record.took)
        else:
            self._note_death(entry, record, -1, "the first process ended at once")

    async def _launch(self, key: str, order: ApplyOrder) -> InstanceRecord:
        site = self._site
        if site.runtime is None:
            raise RuntimeFailed("neither crun nor runc works on this machine")
        slot = await site.network_of(key)
        record = InstanceRecord(
            instance=key,
            slot=slot.index,
            boot=processes.boot_id(),
            runtime=site.runtime.name,
            image=order.image,
            base=order.base or "",
        )
        site.keep(record)
        await asyncio.to_thread(site.furnish, order)
        places = site.places(order.instance)
        started = await launch.launch(
            site.launch_order(order, slot),
            places,
            site.stage,
            site.runtime,
            site.seccomp(order.limits),
            site.run_helper,
        )
        cgroups.weigh_io(site.cgroup(key), weight_of(order.limits.cpus))
        record = structs.replace(
            record, pid=started.pid, started=started.started, took=started.took
        )
        site.keep(record)
        return record

    def _attach(self, entry: _Entry, record: InstanceRecord) -> bool:
        """Watch the container's first process; False when it is gone."""
        if record.boot != processes.boot_id():
            return False
        pidfd = processes.adopt(record.pid, record.started)
        if pidfd is None:
            return False
        entry.pidfd = pidfd
        asyncio.get_running_loop().add_reader(pidfd, self._ended, entry, record)
        self._started(entry, Event.STARTED, pid=record.pid, took=record.took)
        return True

    def _started(
        self,
        entry: _Entry,
        event: Event,
        *,
        pid: int = 0,
        took: float = 0,
        fault: Fault | None = None,
    ) -> None:
        state, _action = decide(entry.status.state, event)
        self._change(
            entry, structs.replace(entry.status, state=state, pid=pid, took=took, fault=fault)
        )

    def _ended(self, entry: _Entry, record: InstanceRecord) -> None:
        if entry.pidfd is None:
            return
        asyncio.get_running_loop().remove_reader(entry.pidfd)
        code = processes.reap(entry.pidfd)
        processes.close(entry.pidfd)
        entry.pidfd = None
        why = logs.last_words(self._site.places(entry.status.instance).log)
        told = f"exit code {code}: {why}" if code is not None and why else why
        self._note_death(entry, record, -1 if code is None else code, told)

    def _note_death(
        self, entry: _Entry, record: InstanceRecord, code: int, detail: str = ""
    ) -> None:
        entry.ended.set()
        if entry.status.state is State.STOPPING:
            return
        group = self._site.cgroup(record.instance)
        code = code if record.exit_code is None else record.exit_code
        hungry = record.out_of_memory or cgroups.out_of_memory(group)
        _log.info("container_died", instance=record.instance, exit_code=code, out_of_memory=hungry)
        try:
            self._site.keep(structs.replace(record, exit_code=code, out_of_memory=hungry))
        except OSError as error:  # it is told all the same; another daemon finds it dead as well
            _log.warning("death_not_kept", instance=record.instance, exc_info=error)
        self._change(entry, container.died(entry.status, code, out_of_memory=hungry, detail=detail))

    async def _stop(self, entry: _Entry, grace: float) -> None:
        begin, key = time.monotonic(), str(entry.status.instance)
        if entry.start is not None:
            await asyncio.wait([entry.start])
        if entry.pidfd is not None and grace > 0:
            processes.terminate(entry.pidfd, signal.SIGTERM)
            await _within(entry.ended, grace)
        if entry.pidfd is not None:
            processes.terminate(entry.pidfd, signal.SIGKILL)
        while True:
            if await self._cleared(key):
                break
            await asyncio.sleep(_RETRY)
        entry.ended.set()
        state, _action = decide(entry.status.state, Event.GONE)
        del self._entries[key]
        took = time.monotonic() - begin
        self._change(entry, Status(instance=entry.status.instance, state=state, took=took))
        _log.info("container_gone", instance=key, took=took)

    async def _cleared(self, key: str) -> bool:
        try:
            await self._site.clear(key)
        except Exception as error:  # noqa: BLE001 - the root of a task: it tries again
            _log.warning("clearing_failed", instance=key, exc_info=error)
            return False
        return True

    def _change(self, entry: _Entry, status: Status) -> None:
        entry.status = status
        self._hub.publish(status)


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
