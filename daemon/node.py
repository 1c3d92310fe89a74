"""The node: fencing in front of containers and content, and the list of what there is."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

import structlog

from daemon.admissions import Admissions
from daemon.backups import Backups
from daemon.containers import Containers
from daemon.contents import ContentOpen, Contents
from daemon.core import container, content, frozen, images, points
from daemon.core.faults import fault
from daemon.core.fencing import Fenced
from daemon.core.frozen import FreezeOrder
from daemon.core.orders import ApplyOrder, FetchOrder, LookOrder, PrepareOrder
from daemon.core.pointorders import BackupOrder, RestoreOrder
from daemon.core.refused import Refused
from daemon.host.git import Looked
from daemon.host.holdings import Holdings
from daemon.hub import Change, Hub
from daemon.images import Images
from daemon.lease import Leasehold
from daemon.site import Site
from daemon.snapshots import Snapshots
from kit.tasks import Tasks
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)
_OLDER_GRACE: Final = 10.0
"""Seconds that an older instance gets when a newer one wants the tree."""


class ContainerAlive(Exception):
    """What was asked for needs the workspace's container gone."""


class Unleased(Exception):
    """No container may run here until the server grants time: whoever asks tries again."""


class Node:
    """Everything a caller can ask of this node."""

    def __init__(
        self,
        site: Site,
        containers: Containers | Admissions,
        contents: Contents,
        images: Images,
        backups: Backups,
        snapshots: Snapshots,
        hub: Hub,
        tasks: Tasks,
        lease: Leasehold,
    ) -> None:
        self.lease = lease
        self.boot = uuid4().hex
        self.site = site
        self._containers = containers
        self._contents = contents
        self._images = images
        self.backups = backups
        self.snapshots = snapshots
        self.holdings = Holdings(site.trees, backups.repositories)
        self._hub = hub
        self._tasks = tasks
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def prepare(self, order: PrepareOrder) -> content.Status:
        """Make sure that the instance's tree is in place. Raises Fenced."""
        try:
            async with self._admitted(order.instance):
                return await self._contents.prepare(order, self._older_gone)
        except OSError as error:  # no space for the fence itself
            return self._contents.failed(order.instance, error)

    async def fetch(self, order: FetchOrder) -> images.Status:
        """Make sure that an image is there. Raises Fenced."""
        async with self._admitted(order.instance):
            return self._images.fetch(order)

    async def apply(self, order: ApplyOrder) -> container.Status:
        """Make sure that the instance's container runs. Raises Fenced, and Unleased.

        It may run elsewhere by the time at which such a call arrives.
        """
        async with self._admitted(order.instance):
            if self.lease.over:
                raise Unleased("this node's lease is over")
            known = order.instance in {one.instance for one in self._containers.statuses()}
            if not known and not await self._contents.opened_by(order.instance):
                return container.Status(
                    instance=order.instance,
                    state=container.State.FAILED,
                    fault=fault("content_missing", "Apply came before Prepare was ready."),
                )
            if isinstance(self._containers, Admissions):
                return await self._containers.admit(order)
            return self._containers.apply(order)

    async def delete(self, instance: InstanceId, grace: float) -> container.Status:
        """Make sure that the instance's container is gone; never fenced, since it only ends."""
        async with self._locks[instance.workspace]:
            status = self._contents.status(instance.workspace)
            if (
                status is not None
                and status.instance == instance
                and status.state is content.State.WORKING
            ):
                await self._contents.cancel(instance.workspace)
                self._hub.publish(content.Status(instance=instance, state=content.State.ABSENT))
            return self._containers.delete(instance, grace)

    async def seal(self, instance: InstanceId) -> content.Status:
        """Make sure that the stopped instance's tree is safe. Raises Fenced."""
        async with self._admitted(instance):
            status = self._contents.status(instance.workspace)
            if self._containers.alive(instance.workspace):
                status = status or content.Status(instance=instance, state=content.State.ABSENT)
                return content.with_fault(status, fault("container_alive"))
            return await self._contents.seal(instance)

    async def discard(self, instance: InstanceId) -> int:
        """Free the workspace's content for good. Raises Fenced or ContainerAlive.

        Its number is refused only once everything is gone: whoever was cut off tries it again.
        """
        workspace, trees = instance.workspace, self.site.trees
        async with self._locks[workspace]:
            fence = trees.fence(workspace)
            if self._contents.status(workspace) is None and workspace not in trees.workspaces():
                if fence.highest == instance.n:
                    await asyncio.to_thread(trees.keep_last_fence, workspace, fence.discarded())
                return 0
            fence = fence.admit(instance.n)
            if self._containers.alive(workspace):
                raise ContainerAlive(workspace)
            await asyncio.to_thread(trees.keep_last_fence, workspace, fence)
            await self.backups.cancel(workspace)
            await self.snapshots.cancel(workspace)
            freed = await self._contents.discard(instance)
            if self.lease.several:
                await self.backups.leave(workspace)
            await asyncio.to_thread(trees.keep_last_fence, workspace, fence.discarded())
        _log.info("content_discarded", workspace=workspace, freed_bytes=freed)
        return freed

    async def backup(self, order: BackupOrder) -> points.Status:
        """Make sure of a restore point. Raises Fenced."""
        async with self._admitted(order.instance):
            if self._contents.restoring(order.instance.workspace):
                return points.Status(
                    workspace=order.instance.workspace,
                    point=order.point,
                    state=points.State.WORKING,
                    progress="waiting for the restore",  # nothing waits: it is asked for again
                )
            return await self.backups.backup(order)

    async def restore(self, order: RestoreOrder) -> content.Status:
        """Make sure that a stopped tree is what a point holds. Raises Fenced, ContainerAlive."""
        workspace = order.instance.workspace
        async with self._admitted(order.instance):
            if self._containers.alive(workspace):
                raise ContainerAlive(workspace)
            try:
                await self.backups.cancel(workspace)
                await self.snapshots.cancel(workspace)
                return await self._contents.restore(order, self.backups.reading.fill)
            except ContentOpen as error:
                raise ContainerAlive(str(error)) from error

    async def freeze(self, order: FreezeOrder) -> frozen.Status:
        """Make sure of a snapshot. Raises Fenced."""
        async with self._admitted(order.instance):
            if self._contents.restoring(order.instance.workspace):
                return frozen.Status(snapshot=order.snapshot, state=frozen.State.WORKING)
            return await self.snapshots.freeze(order)

    async def drop(self, instance: InstanceId) -> int:
        """Remove the workspace's repository for good. Raises Fenced or ContainerAlive."""
        workspace = instance.workspace
        async with self._locks[workspace]:
            highest = self.site.trees.fence(workspace).highest
            if instance.n + 1 < highest:  # one more is what a discard leaves
                raise Fenced(f"instance {instance.n} is older than {highest}")
            if self._containers.alive(workspace):
                raise ContainerAlive(workspace)
            freed = await self.backups.drop(workspace)
        _log.info("backups_dropped", workspace=workspace, freed_bytes=freed)
        return freed

    async def look(self, order: LookOrder) -> list[Looked]:
        """Return what is at paths of a commit. Raises ContainerAlive, Refused or NotLooked.

        Only before there is a container: what its people write into `.git` is no business of
        a git that the daemon starts.
        """
        async with self._locks[order.instance.workspace]:
            if self._containers.alive(order.instance.workspace):
                raise ContainerAlive(str(order.instance))
            if not await self._contents.opened_by(order.instance):
                raise Refused("the content is not in place")
            return await self._contents.look(order)

    def everything(self) -> list[Change]:
        """Return what every container does and every tree is."""
        return [
            *self._containers.statuses(),
            *self._contents.statuses(),
            *self._images.statuses(),
            *self.backups.statuses(),
            *self.snapshots.statuses(),
        ]

    def watch(self) -> AsyncIterator[list[Change]]:
        """Yield everything first, then changes."""
        return self._hub.watch(self.everything)

    def _admitted(self, instance: InstanceId) -> "_Admission":
        return _Admission(self.site, self._locks[instance.workspace], instance)

    async def _older_gone(self, instance: InstanceId) -> None:
        older = self._containers.alive(instance.workspace, besides=instance)
        for one in older:
            self._containers.delete(one, _OLDER_GRACE)
        await self._containers.gone(older)


class _Admission:
    """Holds the workspace's lock, having raised its fence. Raises Fenced on entering."""

    def __init__(self, site: Site, lock: asyncio.Lock, instance: InstanceId) -> None:
        self._site = site
        self._lock = lock
        self._instance = instance

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        try:
            fence = self._site.trees.fence(self._instance.workspace)
            admitted = fence.admit(self._instance.n)
            if admitted != fence:
                await asyncio.to_thread(
                    self._site.trees.keep_fence, self._instance.workspace, admitted
                )
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, *_reason: object) -> None:
        self._lock.release()


__all__ = ["ContainerAlive", "Fenced", "Node", "Unleased"]
