"""The registry facade put together, and its sweeping."""

import asyncio
import time
from pathlib import Path

from blobserve.core.faults import Fault
from blobserve.core.names import Repository
from blobserve.core.rights import Asker
from blobserve.registry.backing import Backing
from blobserve.registry.contents import Content, Document
from blobserve.registry.documents import Documents
from blobserve.registry.finding import Finder, store_of
from blobserve.registry.mounting import mount
from blobserve.registry.pushes import Pushes
from blobserve.registry.site import Registry
from blobserve.registry.uploads import Uploads
from blobserve.registry.upstream import Upstream
from kit.oci.core.references import Reference
from kit.oci.core.secrets import Secrets
from wire.layout import Layout
from wire.registry import BUILT, PushTicket, is_document

_SWEEP = 60.0
"""Seconds between looks at what builds have left behind."""


class Facade:
    """The registry of an installation, and what keeps it tidy."""

    def __init__(self, layout: Layout, upstream: Upstream, backing: Backing | None = None) -> None:
        self._store = store_of(layout)
        self._documents = Documents(Path(layout.registry_run))
        self._finder = Finder(layout, self._store, self._documents, upstream, backing)
        self._uploads = Uploads(self._store, Pushes(Path(layout.registry_run)), self._mount)
        self.registry = Registry(self._documents, self._finder.find, self._uploads)

    async def _mount(self, name: Repository, digest: str, room: int, passwords: str) -> int:
        asker = Asker(own=True, passwords=passwords)
        return await mount(self._store, self._finder.find(name, asker), digest, room)

    async def sweep(self) -> None:
        """End what belongs to builds that are over, again and again."""
        while True:
            await self.sweep_once()
            await asyncio.sleep(_SWEEP)

    async def sweep_once(self) -> None:
        """End what belongs to builds that are over."""
        await self._uploads.sweep(self._alive)

    def _alive(self, key: str) -> bool:
        ticket = self._documents.read(BUILT, key) if is_document(BUILT, key) else None
        return isinstance(ticket, PushTicket) and time.time() < ticket.until


class Nobody:
    """Upstream of an installation that asks no other registry."""

    def of_person(self, secrets: Secrets) -> "Nobody":
        assert secrets
        return self

    async def manifest(self, image: Reference) -> Document:
        raise self._fault(image)

    async def blob(self, image: Reference) -> Content:
        raise self._fault(image)

    async def tags(self, image: Reference) -> list[str]:
        raise self._fault(image)

    def _fault(self, image: Reference) -> Fault:
        return Fault.upstream(f"{image.host} is not asked by this installation")
