"""The files of a layer: where they lie in its tar, known as soon as that part of it is there.

A plain layer is read where it is. A compressed one is expanded into the cache, in a thread; a
file of it is given out when its own bytes are there, before the rest is.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from blobserve.core.compose import Piece, link_target, plain_name
from blobserve.store.cache import Cache
from kit.oci.core.digests import hexadecimal
from kit.oci.core.media import MAGIC, Packing, packing_of_bytes
from kit.oci.core.refusals import Refused
from kit.oci.core.tars import BLOCK, Kind, Member, Walker
from kit.oci.expanding import expanded
from kit.oci.layout import Layout

_log = structlog.get_logger(__name__)
_TAG = 20
"""Characters of a layer's digest in an ETag."""
_LONGEST_HEADERS = 64 << 10


class Layer:
    """A layer that is there, or is just arriving."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.files: dict[str, Piece] = {}
        """Name → place, whiteouts and links included."""
        self.written = 0
        """Bytes of the tar that can be read."""
        self.begun = self.done = False
        self.fault: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Future[None]] = set()

    def take(self, member: Member, blob: str) -> None:
        """Note a member."""
        name = plain_name(member.name)
        if not name or member.kind is Kind.OTHER:
            return
        tag, link = self.digest.removeprefix("sha256:")[:_TAG], ""
        if member.kind is Kind.LINK:
            link = link_target(name, member.target)
        elif member.kind is Kind.HARD_LINK:
            link = plain_name(member.target)
        if member.kind is not Kind.FILE and not link:
            return
        hard = member.kind is Kind.HARD_LINK
        self.files[name] = Piece(blob, member.start, member.size, tag, link, hard)

    def tell(self) -> None:
        """Have those who wait look again; from any thread."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for one in self._waiting:
            if not one.done():
                one.set_result(None)
        self._waiting.clear()

    async def find(self, name: str) -> Piece | None:
        """Return a file once its bytes are there, None once it is sure that there is none.

        Raises what made an end of reading the layer, when that came before it was known.
        """
        while True:
            found = self.files.get(name)
            if found is not None and (self.done or found.start + found.size <= self.written):
                return found
            if self.fault is not None:
                raise self.fault
            if self.done:
                return None
            await self.progress()

    async def progress(self) -> None:
        """Wait until more is there."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        await waiting


class Expander:
    """Opens layers of a store; several at once in threads."""

    def __init__(self, layout: Layout, cache: Cache) -> None:
        self._layout, self._cache = layout, cache
        self.counts = cache.counts
        self.count = 0
        """Layers that were expanded."""
        self._ended = False

    def end(self) -> None:
        """Break off what is being expanded: threads are not ended otherwise."""
        self._ended = True

    def open(self, layer: Layer) -> None:
        """Read a layer to its end, telling `layer` as it goes; in a thread of its own.

        Raises Refused, Missing or OSError.
        """
        with self._layout.open(layer.digest) as blob:
            packing = packing_of_bytes(blob.read(MAGIC))
        if packing is Packing.PLAIN:
            self.counts.add("layers", "plain")
            self._walk(layer, self._layout.path(layer.digest))
            return
        name = hexadecimal(layer.digest)
        if self._cache.use(name, time.time()):
            self.counts.add("layers", "kept")
            self._walk(layer, self._cache.path(name))
            return
        self._expand(layer, name)

    def _walk(self, layer: Layer, path: Path) -> None:
        """Read the headers of a tar, and leave its contents out."""
        walker = Walker()
        with path.open("rb", buffering=_LONGEST_HEADERS) as tar:
            size = path.stat().st_size
            while not walker.ended and walker.position < size:
                for member in walker.feed(tar.read(BLOCK)):
                    layer.take(member, str(path))
                if walker.skippable:
                    tar.seek(walker.skippable, 1)
                    walker.jump(walker.skippable)
        if walker.position > size or not walker.between:
            raise Refused(f"{layer.digest} ends in the middle of a file")
        layer.written = size

    def _expand(self, layer: Layer, name: str) -> None:
        walker, whole = Walker(), False
        path = str(self._cache.path(name))
        self.count += 1
        self.counts.add("layers", "expanded")
        try:
            with self._cache.begin(name) as tar, self._layout.open(layer.digest) as blob:
                for piece in expanded(blob, self._cache.most):
                    if self._ended:
                        raise Refused(f"{layer.digest} is not expanded any more")
                    _write_all(tar.write, piece)
                    for member in walker.feed(piece):
                        layer.take(member, path)
                    layer.written = walker.position
                    layer.tell()
            if not walker.between:
                raise Refused(f"{layer.digest} ends in the middle of a file")
            whole = True
        finally:
            self._cache.end(name, time.time(), whole=whole)
        _log.info("layer_expanded", layer=layer.digest, bytes=layer.written)


def _write_all(write: Callable[[memoryview], int | None], piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[write(view) or 0 :]
