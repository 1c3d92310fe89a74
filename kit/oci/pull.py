"""Images from a registry into the store.

One pull at a time for a name, one download at a time for a blob, whoever asks: what is there
is not loaded again, and what broke off is gone on from. A name appears in the store when the
whole image is there.
"""

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Manifest, Platform, check_image, read_manifest
from kit.oci.core.failures import Failure, Unavailable
from kit.oci.core.platforms import AMD64, choose
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Credentials, Secrets
from kit.oci.flights import Flights
from kit.oci.layout import Layout, Missing
from kit.oci.registry import Body, Registries
from kit.oci.writing import Writer

_log = structlog.get_logger(__name__)
_LONGEST_WAIT = 30.0
"""Seconds; a registry that asks for more has failed, and whoever waits is told."""
_PIECE = 1 << 20
"""Bytes that are written at a time, in a thread."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pull may take."""

    largest: int = 64 << 30
    """Bytes of an image, as it is kept."""
    reserve: int = 1 << 30
    """Bytes that stay free on the disk."""
    parallel: int = 3
    """Blobs at once, of all pulls together."""
    attempts: int = 5
    """Times in a row that a blob may break off without a byte."""
    pause: float = 0.5
    """Seconds before the second attempt, doubled with each one."""


@dataclass(slots=True)
class Progress:
    """Bytes of an image; those that were there already count as loaded."""

    total: int = 0
    """0 until the manifest has come."""
    loaded: dict[str, int] = field(default_factory=dict)
    """By digest."""

    @property
    def done(self) -> int:
        """Bytes that are there."""
        return sum(self.loaded.values())


@dataclass(frozen=True, slots=True)
class Pulled:
    """An image in the store."""

    named: Descriptor
    """What its name stands for: a manifest or an index."""
    image: Descriptor
    """The manifest for the platform."""


Key = tuple[str, Platform, Credentials]


class Pulls:
    """Pulls into one store. Made and used in one event loop."""

    def __init__(
        self,
        layout: Layout,
        registries: Registries,
        limits: Limits = Limits(),
    ) -> None:
        self._layout, self._registries, self._limits = layout, registries, limits
        self._images: Flights[Key, Pulled] = Flights("pull-image")
        self._blobs: Flights[str, None] = Flights("pull-blob")
        self._room = asyncio.Semaphore(limits.parallel)
        self._running: dict[str, Progress] = {}
        self._arriving: dict[str, int] = {}

    async def close(self) -> None:
        """Give every pull up."""
        await self._images.close()
        await self._blobs.close()

    def progress(self, reference: Reference) -> Progress | None:
        """Return how far the pull of a name is; None while there is none."""
        found = self._running.get(reference.key)
        if found is not None:
            arriving = {one: self._arriving[one] for one in found.loaded if one in self._arriving}
            found.loaded.update(arriving)
        return found

    async def pull(
        self, reference: Reference, secrets: Secrets = NONE, platform: Platform = AMD64
    ) -> Pulled:
        """Return the image that the name stands for now, once it is in the store.

        The registry is asked each time, with the asker's own passwords: that an image is in the
        store gives nobody the right to it. Raises Refused or a Failure.
        """
        key = reference.key, platform, secrets.get(reference.host, Credentials())
        return await self._images.do(key, lambda: self._pull(reference, secrets, platform))

    async def _pull(self, reference: Reference, secrets: Secrets, platform: Platform) -> Pulled:
        progress = self._running.setdefault(reference.key, Progress())
        try:
            named, document = await self._document(reference, secrets)
            image = named
            if isinstance(document, Index):
                image = choose(document, platform)
                at = reference.at(image.digest)
                found, document = await self._document(at, secrets, image)
                image = found
            if isinstance(document, Index):
                raise Refused(f"{reference} leads from an index to an index")
            check_image(document)
            try:
                await self._whole(reference, named, document, secrets, progress)
            except Missing:
                # somebody removed what was there when we looked: it is young from now on
                await self._whole(reference, named, document, secrets, progress)
        finally:
            self._running.pop(reference.key, None)
        _log.info("image_pulled", image=str(reference), digest=image.digest, size=document.size)
        return Pulled(named, image)

    async def _whole(
        self,
        reference: Reference,
        named: Descriptor,
        manifest: Manifest,
        secrets: Secrets,
        progress: Progress,
    ) -> None:
        """Load the parts, and give the image its name."""
        await self._parts(reference, manifest, secrets, progress)
        await asyncio.to_thread(self._layout.config, manifest)
        await asyncio.to_thread(self._layout.tag, reference.key, named)

    async def _document(
        self, reference: Reference, secrets: Secrets, said: Descriptor | None = None
    ) -> tuple[Descriptor, Manifest | Index]:
        answer = await self._registries.manifest(reference, secrets)
        found = answer.descriptor
        if said is not None and found.size != said.size:
            raise Refused(f"{said.digest} has {found.size} bytes; the index says {said.size}")
        document = read_manifest(answer.body, found.media_type)
        kind = found.media_type or document.media_type
        if not kind:
            kind = media.OCI_INDEX if isinstance(document, Index) else media.OCI_MANIFEST
        put = self._layout.put_bytes
        return await asyncio.to_thread(put, answer.body, kind), document

    async def _parts(
        self, reference: Reference, manifest: Manifest, secrets: Secrets, progress: Progress
    ) -> None:
        """Load configuration and layers."""
        parts = manifest.blobs
        progress.total = manifest.size
        progress.loaded = {one.digest: 0 for one in parts}
        if progress.total > self._limits.largest:
            raise Refused(
                f"{reference} has {progress.total} bytes; {self._limits.largest} are taken"
            )
        missing = sum(one.size for one in parts if not self._layout.has(one.digest))
        free = shutil.disk_usage(self._layout.folder).free - self._limits.reserve
        if missing > free:
            raise Failure(f"{reference} needs {missing} bytes on the disk; {max(0, free)} are left")
        try:
            async with asyncio.TaskGroup() as group:
                for one in parts:
                    group.create_task(self._part(reference, one, secrets, progress))
        except ExceptionGroup as several:
            raise _first(several) from several

    async def _part(
        self, reference: Reference, blob: Descriptor, secrets: Secrets, progress: Progress
    ) -> None:
        """Load one blob, unless it is there or on its way."""
        joined = blob.digest in self._blobs
        try:
            await self._blobs.do(blob.digest, lambda: self._load(reference, blob, secrets))
        except (Failure, Refused):
            if not joined:
                raise
            # what another's registry or password could not get, ours may
            await self._blobs.do(blob.digest, lambda: self._load(reference, blob, secrets))
        progress.loaded[blob.digest] = blob.size

    async def _load(self, reference: Reference, blob: Descriptor, secrets: Secrets) -> None:
        if await asyncio.to_thread(self._layout.keep, blob.digest):
            if self._layout.size(blob.digest) != blob.size:
                raise Refused(f"{reference} says that {blob.digest} has {blob.size} bytes")
            return
        async with self._room:
            try:
                if not await self._written(reference, blob, secrets):
                    # it began with what another attempt had left, perhaps of another registry
                    await self._written(reference, blob, secrets)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise Failure(f"there is no room left for {reference}") from error
                raise
            finally:
                self._arriving.pop(blob.digest, None)

    async def _written(self, reference: Reference, blob: Descriptor, secrets: Secrets) -> bool:
        """Write a blob; False when it is another one and somebody else began it."""
        writer = await asyncio.to_thread(self._layout.writer, blob)
        resumed = writer.offset > 0
        try:
            await self._fill(writer, reference, blob, secrets)
            await asyncio.to_thread(writer.commit)
        except Refused:
            if not resumed or writer.offset < blob.size:
                raise
            return False
        finally:
            await asyncio.to_thread(writer.close)
        return True

    async def _fill(
        self, writer: Writer, reference: Reference, blob: Descriptor, secrets: Secrets
    ) -> None:
        """Write all of a blob, going on where it broke off as long as that leads further."""
        tries = 0
        while writer.offset < blob.size:
            before = writer.offset
            try:
                async with self._registries.blob(reference, blob, before, secrets) as body:
                    await self._take(writer, blob, body)
            except Unavailable as error:
                tries = 1 if writer.offset > before else tries + 1
                if tries >= self._limits.attempts or (error.wait or 0) > _LONGEST_WAIT:
                    raise
                _log.info("blob_broke_off", blob=blob.digest, at=writer.offset, detail=str(error))
                await asyncio.sleep(error.wait or self._limits.pause * 2 ** (tries - 1))

    async def _take(self, writer: Writer, blob: Descriptor, body: Body) -> None:
        if body.offset != writer.offset:
            await asyncio.to_thread(writer.restart)
        async for piece in _pieces(body.chunks):
            await asyncio.to_thread(writer.write, piece)
            self._arriving[blob.digest] = writer.offset
        if writer.offset < blob.size:
            raise Unavailable(f"{blob.digest} ended too early")


def stored(layout: Layout, reference: Reference, platform: Platform = AMD64) -> Pulled | None:
    """Return an image by its name in the store, without asking anybody; None when it is not there.

    Whether somebody may use it is for the caller to know.
    """
    named = layout.resolve(reference.key)
    if named is None:
        return None
    document = layout.manifest(named.digest)
    image = choose(document, platform) if isinstance(document, Index) else named
    return Pulled(named, image) if layout.has(image.digest) else None


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give the same bytes in larger pieces; what came before a break is given first."""
    held = bytearray()
    try:
        async for chunk in chunks:
            held += chunk
            if len(held) >= _PIECE:
                yield bytes(held)
                held.clear()
    except Unavailable:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """Return one of the reasons: the others are mostly what it caused."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found
