"""Instances that something else runs on this node: pods, which this daemon admits (ADR 44, 51).

What is admitted stands in a file for each instance, written before the caller hears of it, so no
pod is made that a daemon which was killed would not know. It goes when nobody on this machine has
the tree mounted any more, whatever the API server says of the pod.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from daemon.core.container import State, Status
from daemon.core.faults import fault
from daemon.core.orders import ApplyOrder
from daemon.host import files, treeusers
from daemon.hub import Hub
from daemon.site import Site
from kit.folders import sync_folder
from kit.tasks import Tasks, to_its_end
from wire.ids import InstanceId, parse_instance_id

_log = structlog.get_logger(__name__)
LOOK: Final = 0.5
"""Seconds between looks at who uses a tree that is to be let go of."""


@dataclass(slots=True)
class _Entry:
    status: Status
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Admissions:
    """Every instance that is admitted on this node; stands in for `Containers`."""

    def __init__(self, site: Site, hub: Hub, tasks: Tasks) -> None:
        self._site = site
        self._hub = hub
        self._tasks = tasks
        self._content = Path(site.layout.content)
        self._folder = self._content / treeusers.ADMITTED
        self._entries: dict[InstanceId, _Entry] = {}

    def adopt(self) -> None:
        """Take over what an earlier daemon has admitted; blocks on the disk."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        found = [parse_instance_id(one.name) for one in sorted(self._folder.iterdir())]
        for instance in filter(None, found):
            self._entries[instance] = _Entry(Status(instance=instance, state=State.RUNNING))
        self._site.trees.holding.take_up({one.workspace for one in self._entries})

    def statuses(self) -> list[Status]:
        """Return what is admitted, or being let go of."""
        return [entry.status for entry in self._entries.values()]

    def alive(self, workspace: str, *, besides: InstanceId | None = None) -> list[InstanceId]:
        """Return the workspace's instances that may use its tree."""
        return [one for one in self._entries if one.workspace == workspace and one != besides]

    def images(self) -> set[str]:
        """Return nothing: images of pods are the container engine's."""
        return set()

    def running_netns(self, _instance: str) -> Path | None:
        """Return nothing: pods have addresses of their own."""
        return None

    async def admit(self, order: ApplyOrder) -> Status:
        """Make sure that the instance is admitted; its tree is known to be open for it."""
        instance, trees = order.instance, self._site.trees
        entry = self._entries.get(instance)
        if entry is not None:
            return entry.status
        if trees.layers(instance.workspace) is not None:
            why = "Its files stand on a snapshot, as on a machine without a cluster."
            return Status(instance=instance, state=State.FAILED, fault=fault("start_failed", why))
        await to_its_end(trees.make_ready, instance.workspace, order.limits.disk)
        await to_its_end(files.write_whole, self._folder / str(instance), "")
        entry = _Entry(Status(instance=instance, state=State.RUNNING))
        self._entries[instance] = entry
        self._hub.publish(entry.status)
        _log.info("instance_admitted", instance=str(instance))
        return entry.status

    def delete(self, instance: InstanceId, _grace: float) -> Status:
        """Let go of the instance as soon as nobody uses its tree; ends nothing by itself."""
        entry = self._entries.get(instance)
        if entry is None:
            return Status(instance=instance, state=State.ABSENT)
        if entry.status.state is not State.STOPPING:
            entry.status = Status(instance=instance, state=State.STOPPING)
            self._hub.publish(entry.status)
            self._tasks.spawn(self._let_go(entry), f"let go of {instance}")
        return entry.status

    async def gone(self, instances: list[InstanceId]) -> None:
        """Wait until the instances are let go of."""
        for one in instances:
            if (entry := self._entries.get(one)) is not None:
                await entry.ended.wait()

    async def _let_go(self, entry: _Entry) -> None:
        instance, told = entry.status.instance, False
        while True:
            pids = await self._users(instance.workspace)
            if pids and not told:
                _log.info("tree_in_use", instance=str(instance), pids=pids)
                told = True
            if not pids and await self._forgotten(instance):
                break
            await asyncio.sleep(LOOK)
        del self._entries[instance]
        entry.ended.set()
        self._hub.publish(Status(instance=instance, state=State.ABSENT))
        _log.info("instance_let_go", instance=str(instance))

    async def _users(self, workspace: str) -> list[int]:
        return await asyncio.to_thread(treeusers.users, self._content, workspace)

    async def _forgotten(self, instance: InstanceId) -> bool:
        try:
            await self._site.clear(str(instance))  # the network that its clone was made in
            await to_its_end(self._forget, instance)
        except Exception as error:  # noqa: BLE001 - the root of a task: it tries again
            _log.warning("clearing_failed", instance=str(instance), exc_info=error)
            return False
        return True

    def _forget(self, instance: InstanceId) -> None:
        (self._folder / str(instance)).unlink(missing_ok=True)
        sync_folder(self._folder)
