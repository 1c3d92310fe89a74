"""A workspace's first tree: cloned, with a home from the image, and the network beside it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from daemon.core.clone import CLONE_FOLDER, Source
from daemon.core.content import Record
from daemon.core.faults import Fault
from daemon.core.orders import PrepareOrder
from daemon.core.progress import Progress
from daemon.host.git import Cloned, Cloner
from daemon.host.helper import HelperFailed
from daemon.host.homes import make_folder
from daemon.site import Site
from kit.tasks import Tasks, to_its_end

_log = structlog.get_logger(__name__)
Told = Callable[[Progress], None]
Rest = Callable[[str], Awaitable[Fault | None]]
"""Does what is left to do about a tree once it is cloned; returns why not."""


class Clones:
    """Makes trees."""

    def __init__(self, site: Site, cloner: Cloner, tasks: Tasks) -> None:
        self._site = site
        self._trees = site.trees
        self._cloner = cloner
        self._tasks = tasks

    async def create(self, order: PrepareOrder, told: Told, rest: Rest) -> Record | Fault:
        """Make the tree, with clone, home and network; returns its record."""
        checked = await self._check(order)
        if isinstance(checked, Fault):
            return checked
        source, local = checked
        workspace, key = order.instance.workspace, str(order.instance)
        tree = await to_its_end(self._trees.begin, workspace, order.disk)
        skeleton = self._site.home_skeleton(order.image)
        growing = asyncio.to_thread(self._trees.begin_home, workspace, skeleton)
        home = self._tasks.spawn(growing, f"home {order.instance}")
        try:
            result = await self._clone(order, source, local, tree, told)
        finally:  # a thread goes on when its task is cancelled, and the folder is to be nobody's
            await asyncio.wait([home])
        if not isinstance(result, Fault):
            result = await rest(str(tree)) or result
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

    async def beside(self, order: PrepareOrder, tree: Path, told: Told) -> Cloned | Fault:
        """Clone below a tree that is there, as a folder that is to be taken away again."""
        checked = await self._check(order)
        if isinstance(checked, Fault):
            return checked
        await asyncio.to_thread(make_folder, tree / CLONE_FOLDER, 0o755)
        return await self._clone(order, *checked, tree, told)

    async def _check(self, order: PrepareOrder) -> tuple[Source, str] | Fault:
        return await asyncio.to_thread(
            self._cloner.check,
            order.url,
            order.ref,
            place=order.place,
            inside=order.path,
            partial=order.partial,
        )

    async def _clone(
        self, order: PrepareOrder, source: Source, local: str, tree: Path, told: Told
    ) -> Cloned | Fault:
        """Clone, and make the instance's network: before it, or beside it where none is used."""
        key, networks = str(order.instance), self._site.networks

        def clone(netns: Path | None) -> Awaitable[Cloned | Fault]:
            return self._cloner.clone(
                source, local, tree, netns, networks.resolvers, told, order.credentials
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
