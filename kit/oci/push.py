"""Images from the store to a registry (distribution spec 1.1, "push").

A blob that is there already is not sent. One goes in a single request, or in pieces to a
registry that breaks off long ones.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from yarl import URL

from kit.oci.asking import joined
from kit.oci.core.documents import Descriptor, Index
from kit.oci.core.failures import Failure
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Secrets
from kit.oci.doors import Door
from kit.oci.layout import Layout
from kit.oci.registry import Place, Registries, url_of

_PIECE = 1 << 20
_BYTES = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class _Target:
    """The repository that is written to."""

    reference: Reference
    place: Place
    door: Door

    def url(self, rest: str) -> URL:
        return url_of(self.place, self.reference, rest)


class Pushes:
    """Pushes out of one store."""

    def __init__(self, layout: Layout, registries: Registries, piece: int | None = None) -> None:
        self._layout, self._registries = layout, registries
        self._piece = piece
        """Bytes of a request; None sends each blob in one."""

    async def push(self, image: Descriptor, to: Reference, secrets: Secrets = NONE) -> None:
        """Send an image with all that it leads to, its name last.

        Of an index every platform must be in the store. Raises Missing, Refused or a Failure.
        """
        place = self._registries.place(to)
        door = self._registries.door(place, to, "pull,push", secrets)
        target = _Target(to, place, door)
        document = await asyncio.to_thread(self._layout.manifest, image.digest)
        if isinstance(document, Index):
            for one in document.manifests:
                await self.push(one, to.at(one.digest), secrets)
        else:
            # all of it is there before a byte goes: a break in a body tells nobody why
            for one in document.blobs:
                if self._layout.size(one.digest) != one.size:
                    raise Refused(f"{image.digest} says that {one.digest} has {one.size} bytes")
            for one in document.blobs:
                await self._blob(target, one)
        await self._manifest(target, image)

    async def _manifest(self, target: _Target, image: Descriptor) -> None:
        body = await asyncio.to_thread(self._layout.read, image.digest)
        url, said = target.url(f"manifests/{target.reference.wanted}"), str(target.reference)
        headers = {"Content-Type": image.media_type}
        async with self._registries.asked("PUT", url, headers, target.door, body) as response:
            if response.status not in {200, 201, 202}:
                raise await self._registries.failed(response, said)
            told = response.headers.get("Docker-Content-Digest", image.digest)
        if told != image.digest:
            raise Refused(f"{target.place.host} keeps {image.digest} as {told!r:.80}")

    async def _blob(self, target: _Target, blob: Descriptor) -> None:
        registries, what = self._registries, f"{blob.digest} to {target.reference.name}"
        url = target.url(f"blobs/{blob.digest}")
        async with registries.asked("HEAD", url, {}, target.door) as response:
            if response.status == 200:
                return
        # without a body, so that it may knock at the door
        begin = target.url("blobs/uploads/")
        async with registries.asked(
            "POST", begin, {"Content-Length": "0"}, target.door
        ) as response:
            if response.status != 202:
                raise await registries.failed(response, what)
            where = _location(response, begin)
        if self._piece is None:
            await self._end(target, blob, where, 0)
            return
        offset = 0
        while blob.size - offset > self._piece:
            where, offset = await self._patch(target, blob, where, offset), offset + self._piece
        await self._end(target, blob, where, offset)

    async def _patch(self, target: _Target, blob: Descriptor, where: URL, offset: int) -> URL:
        end = offset + (self._piece or 0)
        headers = {**_BYTES, "Content-Length": str(end - offset)}
        headers["Content-Range"] = f"{offset}-{end - 1}"
        sent = self._read(blob, offset, end)
        async with self._registries.asked("PATCH", where, headers, target.door, sent) as response:
            if response.status != 202:
                raise await self._registries.failed(response, blob.digest)
            return _location(response, where)

    async def _end(self, target: _Target, blob: Descriptor, where: URL, offset: int) -> None:
        """Send the rest, and say what all of it is."""
        url = where.update_query({"digest": blob.digest})
        headers = {**_BYTES, "Content-Length": str(blob.size - offset)}
        sent = self._read(blob, offset, blob.size)
        async with self._registries.asked("PUT", url, headers, target.door, sent) as response:
            if response.status != 201:
                raise await self._registries.failed(response, blob.digest)

    async def _read(self, blob: Descriptor, offset: int, end: int) -> AsyncIterator[bytes]:
        with await asyncio.to_thread(self._layout.open, blob.digest) as file:
            file.seek(offset)
            while offset < end:
                piece = await asyncio.to_thread(file.read, min(_PIECE, end - offset))
                if not piece:
                    raise Failure(f"{blob.digest} in the store is shorter than it is said to be")
                offset += len(piece)
                yield piece


def _location(response: aiohttp.ClientResponse, asked: URL) -> URL:
    """Return where an upload goes on: at the registry itself, which is what has our password."""
    where = joined(asked, response.headers.get("Location", ""))
    if where.origin() != asked.origin():
        raise Refused(f"{asked.host} takes uploads at {where.host} only")
    return where
