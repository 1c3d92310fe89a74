"""Single blobs out of registries into the store, gone on from where they broke off.

One download at a time for a digest, whoever asks; so many at once for all.
"""

import asyncio
import errno
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from kit.oci.core.documents import Descriptor
from kit.oci.core.failures import Failure, Unavailable
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Secrets
from kit.oci.flights import Flights
from kit.oci.layout import Layout
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


USUAL = Limits()


class Downloads:
    """Downloads into one store. Made and used in one event loop."""

    def __init__(self, layout: Layout, registries: Registries, limits: Limits) -> None:
        self._layout, self._registries, self._limits = layout, registries, limits
        self._blobs: Flights[str, None] = Flights("pull-blob")
        self._room = asyncio.Semaphore(limits.parallel)
        self.arriving: dict[str, int] = {}
        """Bytes that are there of a blob which is on its way, by digest."""

    async def close(self) -> None:
        """Give every download up."""
        await self._blobs.close()

    async def get(self, reference: Reference, blob: Descriptor, secrets: Secrets) -> None:
        """Have a blob in the store, loaded once for all who ask. Raises Refused or a Failure."""
        joined = blob.digest in self._blobs
        try:
            await self._blobs.do(blob.digest, lambda: self._load(reference, blob, secrets))
        except (Failure, Refused):
            if not joined:
                raise
            # what another's registry or password could not get, ours may
            await self._blobs.do(blob.digest, lambda: self._load(reference, blob, secrets))

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
                self.arriving.pop(blob.digest, None)

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
            self.arriving[blob.digest] = writer.offset
        if writer.offset < blob.size:
            raise Unavailable(f"{blob.digest} ended too early")


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
