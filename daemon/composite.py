"""A workspace's first tree: its parts one after another, each told, all of them or nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog
from msgspec import structs

from daemon.clones import Clones
from daemon.core.content import Record, State, Status
from daemon.core.downloads import in_folder
from daemon.core.faults import Fault, fault
from daemon.core.orders import PrepareOrder
from daemon.core.parts import Part, parts_of, spelled
from daemon.core.progress import Progress
from daemon.host.git import Cloner
from daemon.site import Site
from daemon.snapshots import Snapshots, View
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_PROGRESS_EVERY: Final = 0.2
"""Seconds between progress lines that people see."""

Tell = Callable[[Status], Status]


class Composite:
    """Makes first trees."""

    def __init__(self, site: Site, cloner: Cloner, snapshots: Snapshots, tasks: Tasks) -> None:
        self._site = site
        self._cloner = cloner
        self._clones = Clones(site, cloner, tasks)
        self._snapshots = snapshots

    async def create(self, order: PrepareOrder, tell: Tell) -> Record | Fault:
        """Make the tree; returns its record. After a fault nothing of it is there."""
        if order.prebuild:
            made = await self._renewed(order, tell)
            if made is not None:
                return made
            order = replace(order, prebuild="")
        teller = _Teller(tell, order)

        async def rest(view: View) -> Fault | None:
            return await self._download(order, view, order.folder, teller)

        async def thawed(view: View, _own: Path, record: Record) -> Record | Fault:
            return await self._download(order, view, record.folder, teller) or record

        if order.snapshot:
            teller.begin(Part.THAW)
            return await self._snapshots.thaw(order, order.snapshot, thawed)
        return await self._clones.create(order, teller.begin(Part.CLONE), rest)

    async def _renewed(self, order: PrepareOrder, tell: Tell) -> Record | Fault | None:
        """Make the tree from the prebuild; None when that is of no use and a clone may be."""
        teller, final = _Teller(tell, order), list[Fault]()

        async def rest(view: View, own: Path, record: Record) -> Record | Fault:
            cloned = await self._clones.beside(order, own, teller.begin(Part.CLONE))
            if isinstance(cloned, Fault):
                final.append(cloned)
                return cloned
            teller.begin(Part.RENEW)
            now = (cloned.revision, cloned.branch)
            same = now == (record.revision, record.branch)
            await self._cloner.renew(
                view, record.folder, order.url, moved=not same, newer=now[0] != record.revision
            )
            failed = await self._download(order, view, record.folder, teller)
            if failed is not None:
                final.append(failed)
                return failed
            return structs.replace(
                record,
                revision=cloned.revision,
                branch=cloned.branch,
                path=cloned.path,
                config=cloned.config,
            )

        teller.begin(Part.THAW)
        made = await self._snapshots.thaw(order, order.prebuild, rest)
        if isinstance(made, Fault) and not final:
            _log.warning("prebuild_unused", prebuild=order.prebuild, detail=made.detail)
            return None
        return made

    async def _download(
        self, order: PrepareOrder, view: View, folder: str, teller: "_Teller"
    ) -> Fault | None:
        if not order.downloads:
            return None
        if odd := in_folder(order.downloads, folder):
            return fault("download_failed", f"{odd} lies in the repository's folder.")
        networks = self._site.networks
        return await self._cloner.download(
            order.downloads,
            view,
            networks.netns(str(order.instance)),
            networks.resolvers,
            teller.begin(Part.DOWNLOAD),
        )


class _Teller:
    """Passes progress on with the part that it is of, a few lines a second at most."""

    def __init__(self, tell: Tell, order: PrepareOrder) -> None:
        self._tell = tell
        self._instance = order.instance
        self._parts = parts_of(order)
        self._last = 0.0

    def begin(self, part: Part) -> Callable[[Progress], None]:
        """Tell that a part begins; returns what is told how far it is."""
        if len(self._parts) > 1:
            self._say(part, Progress(part.value, 0))

        def told(progress: Progress) -> None:
            now = time.monotonic()
            if now - self._last < _PROGRESS_EVERY and not progress.steady:
                return
            self._last = now
            self._say(part, progress)

        return told

    def _say(self, part: Part, progress: Progress) -> None:
        text = spelled(self._parts, part, progress.text)
        self._tell(
            Status(
                instance=self._instance,
                state=State.WORKING,
                progress=text,
                received=progress.received,
            )
        )
