"""Files of the store's images put together: store, pulls, cache, and what keeps them tidy."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from blobserve.core.catalogue import Catalogue
from blobserve.core.counts import Counts
from blobserve.files import Files
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander
from blobserve.store.stored import Stored
from blobserve.store.variants import Variants
from kit.metrics import Sample
from kit.oci.collect import collect
from kit.oci.core.collecting import Keeping
from kit.oci.core.failures import Failure
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Secrets
from kit.oci.layout import Layout
from kit.oci.pull import Pulled, Pulls
from kit.oci.registry import Registries
from kit.tasks import Tasks
from wire.ownimages import is_own

_log = structlog.get_logger(__name__)
_COLLECT = 3600.0
"""Seconds between looks at what may leave the store."""


class Loading:
    """Gets images of the catalogue with the operator's passwords."""

    def __init__(self, pulls: Pulls, passwords: Callable[[], Secrets], counts: Counts) -> None:
        self._pulls, self._passwords, self._counts = pulls, passwords, counts

    async def pull(self, reference: Reference) -> Pulled:
        """Return the image once it is in the store; raises Refused or a Failure."""
        try:
            found = await self._pulls.pull(reference, self._passwords())
        except (Failure, Refused):
            self._counts.add("pulls", "failed")
            raise
        self._counts.add("pulls", "done")
        return found


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where things are, and how much of them."""

    store: Path
    cache: Path
    most_cached: int
    """Bytes."""
    keeping: Keeping


class StoreFiles:
    """Serves the files of images; made in the event loop, begun once and closed once."""

    def __init__(
        self,
        rooms: Rooms,
        catalogue: Catalogue,
        registries: Registries | None,
        passwords: Callable[[], Secrets],
    ) -> None:
        self._rooms = rooms
        self._layout = Layout(rooms.store)
        self.counts = Counts()
        self._cache = Cache(rooms.cache, rooms.most_cached, self.counts)
        self.expander = Expander(self._layout, self._cache)
        self._pulls = Pulls(self._layout, registries) if registries is not None else None
        loader = Loading(self._pulls, passwords, self.counts) if self._pulls is not None else None
        self._stored = Stored(self._layout, self.expander, loader)
        self._variants = Variants(self._cache)
        self.files = Files(self._stored, catalogue, self._variants)
        self._tasks = Tasks()

    def begin(self) -> None:
        """Take up what is on the disk; load what the catalogue wants ahead."""
        self._cache.open()
        self._tasks.spawn(self.files.load_ahead(), "load-ahead")
        self._tasks.spawn(self._collect(), "collect-images")

    def now(self) -> list[Sample]:
        """Return how much there is, looked up on the disk."""
        try:
            blobs = [one.stat().st_size for one in os.scandir(self._layout.blobs)]
            names = self._layout.names()
        except (OSError, Refused):  # none yet, or one has just gone
            blobs, names = [], {}
        return [
            Sample("cache_bytes", (), self._cache.size),
            Sample("cache_limit_bytes", (), self._cache.most),
            Sample("store_bytes", (), sum(blobs)),
            Sample("store_images", (), len(names)),
        ]

    async def close(self) -> None:
        """End everything."""
        await self._tasks.close()
        await self._variants.close()
        await self._stored.close()
        if self._pulls is not None:
            await self._pulls.close()

    async def _collect(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._collect_once)
            except (OSError, Refused) as error:
                _log.error("images_not_collected", detail=str(error))
            await asyncio.sleep(_COLLECT)

    def _collect_once(self) -> None:
        # what somebody has set-up build goes when they say so: nobody builds it again by itself
        own = [name for name in self._layout.names() if is_own(name.rpartition(":")[0])]
        collect(self._layout, self._rooms.keeping, time.time(), own)
