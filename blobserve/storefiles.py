"""Files of the store's images put together: store, pulls, cache, and what keeps them tidy."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from blobserve.core.catalogue import Catalogue
from blobserve.files import Files
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander
from blobserve.store.stored import Stored
from blobserve.store.variants import Variants
from kit.oci.collect import collect
from kit.oci.core.collecting import Keeping
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Secrets
from kit.oci.layout import Layout
from kit.oci.pull import Pulled, Pulls
from kit.oci.registry import Registries
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_COLLECT = 3600.0
"""Seconds between looks at what may leave the store."""


class Loading:
    """Gets images of the catalogue with the operator's passwords."""

    def __init__(self, pulls: Pulls, passwords: Callable[[], Secrets]) -> None:
        self._pulls, self._passwords = pulls, passwords

    async def pull(self, reference: Reference) -> Pulled:
        """Return the image once it is in the store; raises Refused or a Failure."""
        return await self._pulls.pull(reference, self._passwords())


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
        self._cache = Cache(rooms.cache, rooms.most_cached)
        self.expander = Expander(self._layout, self._cache)
        self._pulls = Pulls(self._layout, registries) if registries is not None else None
        loader = Loading(self._pulls, passwords) if self._pulls is not None else None
        self._stored = Stored(self._layout, self.expander, loader)
        self._variants = Variants(self._cache)
        self.files = Files(self._stored, catalogue, self._variants)
        self._tasks = Tasks()

    def begin(self) -> None:
        """Take up what is on the disk; load what the catalogue wants ahead."""
        self._cache.open()
        self._tasks.spawn(self.files.load_ahead(), "load-ahead")
        self._tasks.spawn(self._collect(), "collect-images")

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
                await asyncio.to_thread(collect, self._layout, self._rooms.keeping, time.time())
            except (OSError, Refused) as error:
                _log.error("images_not_collected", detail=str(error))
            await asyncio.sleep(_COLLECT)
