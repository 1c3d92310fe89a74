"""Images of the store, opened when first asked for; those that are not there are pulled.

Of an image that is just opened, a file is given out as soon as the layers above it are known
not to hide it and its own bytes are there. What is removed from the disk meanwhile is got again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from blobserve.core.compose import Piece, compose, covers, followed
from blobserve.store.expanded import Expander, Layer
from kit.oci.core.failures import NotFound
from kit.oci.core.references import Reference
from kit.oci.flights import Flights
from kit.oci.layout import Layout, Missing
from kit.oci.pull import Pulled, stored
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_MOST = 64
"""Images that are open at once; each takes some hundred bytes a file."""
_PARALLEL = 2
"""Layers that are expanded at once."""
_KEPT = 60.0
"""Seconds after which an image's use is noted again for those who collect."""
_HOPS = 16


class Loader(Protocol):
    """Whoever gets images into the store: `kit.oci.pull.Pulls`."""

    async def pull(self, reference: Reference) -> Pulled:
        """Return the image once it is in the store; raises Refused or a Failure."""
        ...


@dataclass
class Opened:
    """An image, as far as it is known."""

    digest: str
    layers: list[Layer]
    """The lowest first."""
    files: dict[str, Piece] | None = None
    """All of them, once every layer is known."""
    better: dict[str, Piece] = field(default_factory=dict)
    """Compressed variants that were made since, by name and suffix."""
    kept: float = 0.0

    async def find(self, name: str) -> Piece | None:
        """Return a file; raises what made an end of reading a layer."""
        for _ in range(_HOPS):
            if self.files is not None:
                return self.files.get(name)
            found = await self._topmost(name, len(self.layers))
            if found is None or not found.link:
                return found
            name = found.link
        return None

    async def _topmost(self, name: str, end: int) -> Piece | None:
        """Return what a name is in the first `end` layers, which may be a link to another one."""
        for place in reversed(range(end)):
            layer = self.layers[place]
            found = await layer.find(name)
            if found is not None:
                return await self._first_name(found, place)
            if covers(layer.files, name):
                return None
        return None

    async def _first_name(self, found: Piece, place: int) -> Piece | None:
        """Return the file of a second name as it was when its layer was made."""
        for _ in range(_HOPS):
            if not found.hard:
                return found
            name = found.link
            own = await self.layers[place].find(name) or await self._topmost(name, place)
            if own is None:
                return None
            found = own
        return None


class Stored:
    """Files of images by reference."""

    def __init__(self, layout: Layout, expander: Expander, loader: Loader | None) -> None:
        self._layout, self._expander, self._loader = layout, expander, loader
        self._open: OrderedDict[str, Opened] = OrderedDict()
        self._layers: WeakValueDictionary[str, Layer] = WeakValueDictionary()
        self._named: dict[str, str] = {}
        self._seen: tuple[int, int] | None = None
        self._opening: Flights[str, Opened] = Flights("open-image")
        self._expanding = asyncio.Semaphore(_PARALLEL)
        self._tasks = Tasks()

    async def close(self) -> None:
        """End what is under way."""
        self._expander.end()
        await self._opening.close()
        await self._tasks.close()

    def warm(self, reference: Reference) -> Opened | None:
        """Return an image that is open and wholly known; None when there is more to do."""
        self._look()
        found = self._open.get(self._named.get(reference.key, ""))
        if found is None or found.files is None:
            return None
        self._use(found)
        return found

    async def image(self, reference: Reference) -> Opened:
        """Return an image, opened; raises Missing, Refused or a Failure."""
        self._look()
        found = self._open.get(self._named.get(reference.key, ""))
        if found is None:
            found = await self._opening.do(reference.key, lambda: self._opened(reference))
        self._use(found)
        return found

    def forget(self, image: Opened) -> None:
        """Open an image anew the next time: something of it has gone."""
        self._open.pop(image.digest, None)
        for one in image.layers:
            if self._layers.get(one.digest) is one:
                del self._layers[one.digest]

    def _look(self) -> None:
        """Forget what names meant when they may mean something else."""
        try:
            found = (self._layout.folder / "index.json").stat()
            seen = found.st_ino, found.st_mtime_ns
        except FileNotFoundError:
            seen = 0, 0
        if seen != self._seen:
            self._seen = seen
            self._named.clear()

    def _use(self, image: Opened) -> None:
        if image.digest in self._open:
            self._open.move_to_end(image.digest)
        now = time.monotonic()
        if now - image.kept > _KEPT:
            image.kept = now
            self._layout.keep(image.digest)

    async def _opened(self, reference: Reference) -> Opened:
        try:
            return await self._from_store(reference)
        except Missing:
            if self._loader is None:
                raise
            await self._loader.pull(reference)
            return await self._from_store(reference)

    async def _from_store(self, reference: Reference) -> Opened:
        found = await asyncio.to_thread(stored, self._layout, reference)
        if found is None:
            raise Missing(f"{reference} is not in the store")
        digest = found.image.digest
        if digest not in self._open:
            manifest = await asyncio.to_thread(self._layout.image, digest)
            if not manifest.layers:
                raise NotFound(f"{reference} has no layers: nothing of it is found")
            for one in manifest.layers:
                self._layout.size(one.digest)
            image = Opened(digest, [self._layer(one.digest) for one in manifest.layers])
            self._open[digest] = image
            self._tasks.spawn(self._know(image), "know-image")
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
        self._look()
        self._named[reference.key] = digest
        return self._open[digest]

    def _layer(self, digest: str) -> Layer:
        """Return a layer that somebody has open, or one that is opened now."""
        found = self._layers.get(digest)
        if found is None:
            found = self._layers[digest] = Layer(digest)
        return found

    async def _know(self, image: Opened) -> None:
        """Read every layer, the topmost first, and put them together."""
        async with asyncio.TaskGroup() as group:
            for one in reversed(image.layers):
                if not one.begun:
                    one.begun = True
                    group.create_task(self._read(one))
        for one in image.layers:
            while not (one.done or one.fault):
                await one.progress()
            if one.fault is not None:
                _log.error("image_unreadable", image=image.digest, detail=str(one.fault))
                self.forget(image)
                return
        layers: list[Mapping[str, Piece]] = [one.files for one in image.layers]
        image.files = await asyncio.to_thread(lambda: followed(compose(layers)))
        _log.info("image_opened", image=image.digest, files=len(image.files))

    async def _read(self, layer: Layer) -> None:
        async with self._expanding:
            try:
                await asyncio.to_thread(self._expander.open, layer)
            except Exception as error:  # noqa: BLE001 - told to everybody who waits for a file
                layer.fault = error
            else:
                layer.done = True
            layer.tell()
