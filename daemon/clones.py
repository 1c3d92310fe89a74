"""A workspace's first tree: cloned, with a home from the image, and the network beside it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog

from daemon.core.clone import Source
from daemon.core.content import Record, State, Status
from daemon.core.faults import Fault
from daemon.core.orders import PrepareOrder
from daemon.core.progress import Progress
from daemon.host.git import Cloned, Cloner
from daemon.host.helper import HelperFailed
from daemon.site import Site
from kit.tasks import Tasks, to_its_end
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)
_PROGRESS_EVERY: Final = 0.2
"""Seconds between progress lines that people see."""

Tell = Callable[[Status], Status]


class Clones:
    """Makes trees."""

    def __init__(self, site: Site, cloner: Cloner, tasks: Tasks) -> None:
        self._site = site
        self._trees = site.trees
        self._cloner = cloner
        self._tasks = tasks

    async def create(self, order: PrepareOrder, tell: Tell) -> Record | Fault:
        """Make the tree, with clone, home and network; returns its record."""
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
        tree = await asyncio.to_thread(self._trees.begin, workspace, order.disk)
        skeleton = self._site.home_skeleton(order.image)
        growing = asyncio.to_thread(self._trees.begin_home, workspace, skeleton)
        home = self._tasks.spawn(growing, f"home {order.instance}")
        try:
            result = await self._clone(order, source, local, tree, tell)
        finally:  # a thread goes on when its task is cancelled, and the folder is to be nobody's
            await asyncio.wait([home])
        if order.downloads and not isinstance(result, Fault):
            networks = self._site.networks
            failed = await self._cloner.download(
                order.downloads, tree, networks.netns(key), networks.resolvers
            )
            result = failed or result
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
        await to_its_end(self._trees.finish, record)
        return record

    async def _clone(
        self, order: PrepareOrder, source: Source, local: str, tree: Path, tell: Tell
    ) -> Cloned | Fault:
        """Clone, and make the instance's network: before it, or beside it where none is used."""
        key, networks = str(order.instance), self._site.networks
        teller = _Teller(tell, order.instance)

        def clone(netns: Path | None) -> Awaitable[Cloned | Fault]:
            return self._cloner.clone(
                source, local, tree, netns, networks.resolvers, teller.progress, order.credentials
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


class _Teller:
    """Passes progress on, a few lines a second at most."""

    def __init__(self, tell: Tell, instance: InstanceId) -> None:
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
