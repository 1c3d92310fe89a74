"""The half of the distribution API that writes: what the token of a build may push, no more.

POST  …/blobs/uploads/                   begins; with ?digest= and a body it is all of it,
                                         with ?mount=&from= the blob is taken from another name
PATCH …/blobs/uploads/<number>           a piece, or the whole in one stream
PUT   …/blobs/uploads/<number>?digest=   the last piece, and what it all has to be
PUT   …/manifests/latest                 the image, when all parts were pushed under this name
"""

import asyncio
import errno
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from blobserve.core.faults import Fault
from blobserve.core.names import Asked, Built, Kind, Repository, parse_name
from blobserve.core.rights import Asker
from blobserve.registry.contents import CHUNK, Content
from blobserve.registry.incoming import part_of, pieces
from blobserve.registry.manifests import take_manifest
from blobserve.registry.pushes import Pushes
from blobserve.registry.reading import of_layout
from kit.oci.core.digests import is_digest
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from kit.oci.writing import Writer
from wire.registry import BUILT, PushTicket

_AT_ONCE = 16
"""Uploads of one name that are open; clients send six."""
_IDLE = 900.0
"""Seconds after which an upload to which nothing came is ended."""
_log = structlog.get_logger(__name__)

Mount = Callable[[Repository, str, int, str], Awaitable[int]]
"""Puts a blob of another name into the store and returns its size; raises Fault."""


@dataclass
class _Upload:
    key: str
    writer: Writer
    at: float
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


class Uploads:
    """What is being pushed, and what was."""

    def __init__(self, layout: Layout, pushes: Pushes, mount: Mount) -> None:
        self._layout = layout
        self._pushes = pushes
        self._mount = mount
        self._open: dict[str, _Upload] = {}

    def pushed(self, asker: Asker, asked: Asked) -> Content | None:
        """Return a blob that the asker has pushed under this name and no image has yet."""
        key = _key(asked)
        if not isinstance(asker.document, PushTicket) or not key:
            return None
        if asker.token is None or asker.token.name != key:
            return None
        if asked.reference in self._pushes.of(key).blobs:
            return of_layout(self._layout, asked.reference)
        if asked.reference in asker.document.known and self._layout.keep(asked.reference):
            return of_layout(self._layout, asked.reference)
        return None

    async def answer(self, request: web.BaseRequest, asker: Asker, asked: Asked) -> web.Response:
        """Answer a request that writes, of an asker who may; raises Fault."""
        ticket, key = asker.document, _key(asked)
        assert isinstance(ticket, PushTicket)
        assert key
        try:
            return await self._answer(request, ticket, key, asked)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise Fault.disk_full() from error
            raise

    async def _answer(
        self, request: web.BaseRequest, ticket: PushTicket, key: str, asked: Asked
    ) -> web.Response:
        match (asked.kind, request.method):
            case (Kind.MANIFEST, "PUT"):
                known = {one for one in ticket.known if self._layout.has(one)}
                pushed = {one: self._layout.size(one) for one in known}
                pushed |= self._pushes.of(key).blobs
                digest = await take_manifest(request, self._layout, key, asked.reference, pushed)
                where = f"/v2/{BUILT}/{key}/manifests/{digest}"
                _log.info("image_pushed", image=f"{BUILT}/{key}", digest=digest)
                headers = {"Location": where, "Docker-Content-Digest": digest}
                return web.Response(status=201, headers=headers)
            case (Kind.UPLOADS, "POST"):
                return await self._begin(request, ticket, key, asked)
            case (Kind.UPLOAD, _):
                found = self._open.get(asked.reference)
                if found is None or found.key != key:
                    raise Fault.upload_unknown(asked.reference)
                return await self._go_on(request, ticket, asked, found)
            case _:
                raise Fault.unsupported(f"{request.method} means nothing at this address.")

    async def _begin(
        self, request: web.BaseRequest, ticket: PushTicket, key: str, asked: Asked
    ) -> web.Response:
        wanted = asked.value("mount")
        if wanted and await self._mounted(ticket, key, wanted, asked.value("from")):
            return _put_down(key, wanted)
        if sum(one.key == key for one in self._open.values()) >= _AT_ONCE:
            raise Fault(429, "TOOMANYREQUESTS", "This build has too many uploads at once.")
        writer = await asyncio.to_thread(self._layout.writer, None, limit=ticket.most)
        number, upload = secrets.token_hex(16), _Upload(key, writer, time.monotonic())
        self._open[number] = upload
        digest = asked.value("digest")
        if not digest:
            return _accepted(key, number, 0)
        async with upload.busy:
            try:
                await self._append(request, ticket, upload)
                return await self._finish(number, upload, digest)
            finally:
                await self._drop(number)

    async def _mounted(self, ticket: PushTicket, key: str, digest: str, source: str) -> bool:
        """Take a blob from a name that the token reads; what does not work is pushed instead."""
        if not is_digest(digest) or source not in ticket.reads:
            return False
        room = ticket.most - self._taken(key)
        try:
            size = await self._mount(parse_name(source), digest, room, ticket.passwords)
        except Fault as fault:
            _log.info("mount_failed", source=source, digest=digest, why=fault.detail)
            return False
        await asyncio.to_thread(self._pushes.add, key, digest, size)
        return True

    async def _go_on(
        self, request: web.BaseRequest, ticket: PushTicket, asked: Asked, upload: _Upload
    ) -> web.Response:
        number, key = asked.reference, upload.key
        if upload.busy.locked():
            raise Fault.upload_invalid("another request is writing to it")
        async with upload.busy:
            match request.method:
                case "PATCH":
                    await self._append(request, ticket, upload)
                    return _accepted(key, number, upload.writer.offset)
                case "PUT":
                    await self._append(request, ticket, upload)
                    return await self._finish(number, upload, asked.value("digest"))
                case "DELETE":
                    await self._drop(number)
                    return web.Response(status=204)
                case _:
                    return _accepted(key, number, upload.writer.offset, status=204)

    async def _append(self, request: web.BaseRequest, ticket: PushTicket, upload: _Upload) -> None:
        """Write what comes; a client that breaks off may go on from there."""
        start = part_of(request.headers.get("Content-Range", ""))
        if start is not None and start != upload.writer.offset:
            raise Fault.out_of_order(upload.writer.offset)
        async for piece in pieces(request, CHUNK):
            upload.at = time.monotonic()
            if self._taken(upload.key) + len(piece) > ticket.most:
                raise Fault.too_large(ticket.most)
            await asyncio.to_thread(upload.writer.write, piece)

    async def _finish(self, number: str, upload: _Upload, digest: str) -> web.Response:
        if not is_digest(digest):
            raise Fault.digest_invalid(f"{digest[:100]!r} is no sha256 digest")
        writer = upload.writer
        try:
            size = writer.offset
            await asyncio.to_thread(_commit, writer, digest)
            await asyncio.to_thread(self._pushes.add, upload.key, digest, size)
        except Refused as error:
            raise Fault.digest_invalid(str(error)) from error
        finally:
            await self._drop(number)
        return _put_down(upload.key, digest)

    async def _drop(self, number: str) -> None:
        upload = self._open.pop(number, None)
        if upload is not None:
            await asyncio.to_thread(upload.writer.close)

    def _taken(self, key: str) -> int:
        """Return the bytes that count against a name's limit."""
        arriving = sum(one.writer.offset for one in self._open.values() if one.key == key)
        return self._pushes.of(key).size + arriving

    async def sweep(self, alive: Callable[[str], bool]) -> None:
        """End uploads that nobody goes on with, and forget names whose ticket has ended."""
        old = time.monotonic() - _IDLE
        for number, one in list(self._open.items()):
            if not one.busy.locked() and (one.at < old or not alive(one.key)):
                await self._drop(number)
        for key in self._pushes.names():
            if not alive(key) and all(one.key != key for one in self._open.values()):
                await asyncio.to_thread(self._pushes.forget, key)


def _commit(writer: Writer, digest: str) -> None:
    if writer.digest != digest:
        raise Refused(f"{digest} was said; what came is {writer.digest}")
    writer.commit()


def _key(asked: Asked) -> str:
    return asked.repository.key if isinstance(asked.repository, Built) else ""


def _accepted(key: str, number: str, have: int, status: int = 202) -> web.Response:
    headers = {
        "Location": f"/v2/{BUILT}/{key}/blobs/uploads/{number}",
        "Docker-Upload-UUID": number,
        "Range": f"0-{max(0, have - 1)}",
    }
    return web.Response(status=status, headers=headers)


def _put_down(key: str, digest: str) -> web.Response:
    where = f"/v2/{BUILT}/{key}/blobs/{digest}"
    return web.Response(status=201, headers={"Location": where, "Docker-Content-Digest": digest})
