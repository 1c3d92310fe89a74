"""What is built here, kept in a registry as well: for another machine, or for this one anew.

The layout stays the place that is written to; whatever has a name there is put into the registry,
again and again until it is. What is not in the layout is read from the registry, passed through as
any other image is, and checked as strangers' are. Each build has a repository of its own, so that a
name leads to nothing but its image there as well.
"""

import asyncio
from collections.abc import Callable

import structlog

from blobserve.core.names import Built, Remote
from blobserve.registry.reading import Image, Kept
from blobserve.registry.upstream import Distant, Upstream
from kit.oci.core.documents import Descriptor
from kit.oci.core.failures import Failure
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Secrets
from kit.oci.layout import Layout, Missing
from kit.oci.registry import Registries
from kit.oci.stores import InRegistry
from wire.registry import BUILT, LATEST

_log = structlog.get_logger(__name__)
_ROUND = 60.0
"""Seconds between looks at what is new, and between attempts."""
_NAMES = f"{BUILT}/"


class Backing:
    """The repository below which images are."""

    def __init__(
        self,
        layout: Layout,
        below: Reference,
        registries: Registries,
        passwords: Callable[[], Secrets],
    ) -> None:
        self._layout, self._below = layout, below
        self._registries, self._passwords = registries, passwords
        self._there: dict[str, str] = {}

    def image(self, name: Built, upstream: Upstream) -> Image:
        """Return an image that was built: from the layout, else from the registry."""
        if self._layout.resolve(str(name)) is not None:
            return Kept(self._layout, str(name))
        found = self._reference(name.key)
        return Distant(upstream, Remote(found.host, found.repository))

    async def keep(self) -> None:
        """Put what is built into the registry, for as long as this runs."""
        while True:
            await self.keep_once()
            await asyncio.sleep(_ROUND)

    async def keep_once(self) -> None:
        """Put what is new in the layout into the registry; a failure is told, and tried again."""
        for name, image in (await asyncio.to_thread(self._layout.names)).items():
            if name.startswith(_NAMES) and self._there.get(name) != image.digest:
                try:
                    await self._put(self._reference(name.removeprefix(_NAMES)), image)
                    self._there[name] = image.digest
                except (Failure, Refused, Missing, OSError) as error:
                    _log.warning("image_not_backed", image=name, detail=str(error))

    async def _put(self, reference: Reference, image: Descriptor) -> None:
        store = InRegistry(self._registries, self._passwords())
        if await store.find(reference) != image.digest:
            await store.put(self._layout, image, reference)
            _log.info("image_backed", image=str(reference), digest=image.digest)

    def _reference(self, key: str) -> Reference:
        return Reference(self._below.host, f"{self._below.repository}/{key}", LATEST)
