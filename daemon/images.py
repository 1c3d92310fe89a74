"""Images of this node: fetched from the registry facade, unpacked, kept while they are used.

One task for each image, however many wait for it. What has failed is remembered with the
instance that asked: it is told the same again, and another one has it tried anew.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from daemon.core import content
from daemon.core.faults import Fault, fault
from daemon.core.images import Record, State, Status, progress_of, superfluous
from daemon.core.layers import Allowance
from daemon.core.orders import FetchOrder
from daemon.host.arriving import Arriving, sweep
from daemon.host.registry import Source, Unavailable
from daemon.host.roots import ROOT, Roots
from daemon.host.unpacking import Layer, LayerRefused, NoSpace, unpack_layer
from daemon.hub import Hub
from kit.oci.core.documents import Config, Index, Manifest, check_image, read_config, read_manifest
from kit.oci.core.platforms import choose
from kit.oci.core.refusals import Refused
from kit.tasks import Tasks
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 2
"""Images that are unpacked at the same time."""
_PROGRESS_EVERY: Final = 0.2
_ROUND: Final = 3600.0
"""Seconds between looks at what may go."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one image: bytes of its files and entries; 0 sets none of the others."""

    bytes: int
    entries: int
    together: int
    """Bytes of all that are kept."""
    unused: float = 0.0
    """Seconds without use after which one goes."""


@dataclass(slots=True)
class _Passing:
    instance: InstanceId
    status: Status


class Images:
    """Every image that was unpacked on this node, or is being."""

    def __init__(
        self,
        roots: Roots,
        source: Source,
        limits: Limits,
        hub: Hub,
        tasks: Tasks,
        used: Callable[[], set[str]] = set,
    ) -> None:
        """`used` tells the images that containers run from."""
        self._roots = roots
        self._source = source
        self._limits = limits
        self._hub = hub
        self._tasks = tasks
        self._used = used
        self._passing: dict[str, _Passing] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._making_room = asyncio.Lock()

    def statuses(self) -> list[Status]:
        """Return what every image is."""
        ready = {one.image: _ready(one.image, one.size) for one in self._roots.kept()}
        passing = {name: one.status for name, one in self._passing.items()}
        return list({**ready, **passing}.values())

    def env(self, image: str) -> list[str]:
        """Return the variables of an image's configuration."""
        record = self._roots.record(image)
        return [] if record is None else record.env

    def fetch(self, order: FetchOrder) -> Status:
        """Make sure that the image is there; fetching goes on in the background."""
        passing = self._passing.get(order.image)
        if passing is not None:
            failed = passing.status.state is State.FAILED
            if not failed or passing.instance == order.instance:
                return passing.status
        record = self._roots.record(order.image)
        if record is not None:
            self._roots.touch(order.image)
            self._tasks.spawn(self.make_room(), "make-room")
            return _ready(record.image, record.size)
        status = Status(image=order.image, state=State.WORKING, progress=progress_of(0, 0))
        self._passing[order.image] = _Passing(order.instance, status)
        self._hub.publish(status)
        self._tasks.spawn(self._fetch(order), f"fetch {order.image}")
        return status

    async def make_room(self, most: int | None = None) -> None:
        """Remove what is unused for long, and more so that `most` bytes (the limit) are left."""
        async with self._making_room:
            used, limits = self._used(), self._limits
            for image in used:
                await asyncio.to_thread(self._roots.touch, image)
            kept = await asyncio.to_thread(self._roots.kept)
            limit = limits.together if most is None else most
            for image in superfluous(kept, used, limit, time.time(), limits.unused):
                _log.info("image_removed", image=image)
                await asyncio.to_thread(self._roots.discard, image)
                self._hub.publish(Status(image=image, state=State.ABSENT))

    async def keep_room(self) -> None:
        """Make room again and again, also where nobody fetches anything."""
        while True:
            try:
                await self.make_room()
                await asyncio.to_thread(self.sweep)
            except OSError as error:
                _log.error("no_room_made", detail=str(error))
            await asyncio.sleep(_ROUND)

    def sweep(self, most: int | None = None) -> None:
        """Remove halves of images that nobody goes on with, so that `most` bytes are left."""
        busy = [one for one, found in list(self._passing.items()) if found.status.fault is None]
        limit = self._limits.bytes if most is None else most
        sweep(self._roots.folder, time.time(), limit, busy)

    async def _fetch(self, order: FetchOrder) -> None:
        begin = time.monotonic()
        result: Record | Fault
        try:
            async with self._slots:
                result = await self._made(order)
        except Unavailable as error:
            result = fault(error.code, str(error))
        except (Refused, LayerRefused) as error:
            result = fault("image_refused", str(error))
        except NoSpace as error:
            result = fault("disk_full", str(error))
            await self.make_room(1)
        except OSError as error:
            full = error.errno in content.DISK_FULL
            result = fault("disk_full" if full else "image_refused", str(error))
        except Exception as error:  # noqa: BLE001 -- the root of a task: somebody waits for its end
            _log.exception("fetch_failed", image=order.image)
            result = fault("image_refused", f"{type(error).__name__}: {error}")
        took = time.monotonic() - begin
        if isinstance(result, Fault):
            _log.warning("image_failed", image=order.image, code=result.code, detail=result.detail)
            status = Status(image=order.image, state=State.FAILED, fault=result, took=took)
            self._passing[order.image] = _Passing(order.instance, status)
        else:
            _log.info("image_ready", image=order.image, size=result.size, took=took)
            status = _ready(order.image, result.size, took)
            self._passing.pop(order.image, None)
        self._hub.publish(status)

    async def _made(self, order: FetchOrder) -> Record:
        manifest, config = await self._documents(order)
        packed = sum(one.size for one in manifest.layers)
        if packed > self._limits.bytes:
            raise Refused(f"the image has {packed} bytes packed; PODIUM_IMAGE_LIMIT allows fewer")
        await asyncio.to_thread(self.sweep)
        arriving = Arriving(self._roots.folder, order.image)
        try:
            try:
                record = await self._grown(order, manifest, config, arriving)
            except LayerRefused as error:
                if not arriving.resumed:
                    raise
                # what an earlier attempt has left may be what is wrong
                _log.warning("image_begun_anew", image=order.image, detail=str(error))
                await asyncio.to_thread(arriving.forget)
                record = await self._grown(order, manifest, config, arriving)
        except (Unavailable, asyncio.CancelledError):
            raise  # what has come stays for the next attempt
        except BaseException:
            await asyncio.shield(asyncio.to_thread(arriving.forget))
            raise
        await asyncio.to_thread(arriving.forget)
        return record

    async def _grown(
        self, order: FetchOrder, manifest: Manifest, config: Config, arriving: Arriving
    ) -> Record:
        """Unpack layer after layer, the lowest first, and give the root its name."""
        source = self._source.of(str(order.instance))
        growing = await asyncio.to_thread(self._roots.begin)
        try:
            left = Allowance(self._limits.bytes, self._limits.entries)
            tell = _Teller(order, sum(one.size for one in manifest.layers), self._tell)
            for one, diff_id in zip(manifest.layers, config.rootfs.diff_ids, strict=True):
                layer = Layer(one.digest, one.size, diff_id)
                async with aclosing(arriving.layer(source, order.source, layer)) as chunks:
                    left = await unpack_layer(growing / ROOT, layer, tell.counted(chunks), left)
            record = Record(
                image=order.image,
                source=order.source,
                size=self._limits.bytes - left.bytes,
                entries=self._limits.entries - left.entries,
                env=(config.config.env if config.config else None) or [],
            )
            await asyncio.to_thread(self._roots.finish, growing, record)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_given_up, self._roots, growing))
            raise
        return record

    async def _documents(self, order: FetchOrder) -> tuple[Manifest, Config]:
        source = self._source.of(str(order.instance))
        document = read_manifest(await source.document(order.source, "manifests", order.image))
        if isinstance(document, Index):
            chosen = choose(document)
            body = await source.document(order.source, "manifests", chosen.digest)
            document = read_manifest(body, chosen.media_type)
        if isinstance(document, Index):
            raise Refused("an index of images leads to another one")
        check_image(document)
        body = await source.document(order.source, "blobs", document.config.digest)
        return document, read_config(body, document)

    def _tell(self, order: FetchOrder, received: int, size: int) -> None:
        progress = progress_of(received, size)
        status = Status(
            image=order.image,
            state=State.WORKING,
            progress=progress,
            received=received,
            size=size,
        )
        self._passing[order.image].status = status
        self._hub.publish(status)


class _Teller:
    """Counts what comes, and passes it on a few times a second at most."""

    def __init__(
        self, order: FetchOrder, size: int, tell: Callable[[FetchOrder, int, int], None]
    ) -> None:
        self._order = order
        self._size = size
        self._tell = tell
        self._received = 0
        self._last = 0.0

    async def counted(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self._received += len(chunk)
            now = time.monotonic()
            if now - self._last >= _PROGRESS_EVERY:
                self._last = now
                self._tell(self._order, self._received, self._size)
            yield chunk


def _ready(image: str, size: int, took: float = 0.0) -> Status:
    return Status(image=image, state=State.READY, size=size, took=took)


def _given_up(roots: Roots, growing: Path) -> None:
    if growing.exists():
        roots.give_up(growing)
