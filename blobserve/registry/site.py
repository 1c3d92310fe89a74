"""The HTTP side of the registry: who asks, what for, and the answer."""

import asyncio
import time
from collections.abc import Callable

import structlog
from aiohttp import web

from blobserve.core.faults import REALM, Fault
from blobserve.core.names import Asked, Kind, parse
from blobserve.core.names import Repository as Name
from blobserve.core.rights import STRANGER, Asker, check, claimed, proven
from blobserve.core.spans import UnsatisfiableError, span
from blobserve.registry.contents import OCTETS, Content, Document, OnDisk
from blobserve.registry.documents import Documents
from blobserve.registry.reading import Image
from blobserve.registry.uploads import Uploads
from kit.oci.core.media import OCI_INDEX
from wire.registry import FOR

VERSION = {"Docker-Distribution-Api-Version": "registry/2.0", "X-Content-Type-Options": "nosniff"}
_NO_REFERRERS = b'{"schemaVersion":2,"mediaType":"%b","manifests":[]}' % OCI_INDEX.encode()
_MOST_TAGS = 1000
_log = structlog.get_logger(__name__)

Find = Callable[[Name, Asker], Image]
"""Which image a name stands for, for whoever asks; raises Fault."""


class Registry:
    """Answers requests of the distribution API."""

    def __init__(self, documents: Documents, find: Find, uploads: Uploads) -> None:
        self._documents = documents
        self._find = find
        self._uploads = uploads

    async def of_strangers(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer somebody who came through the proxy, and has to show a token."""
        header = request.headers.get("Authorization", "")
        token = claimed(header)
        asker = STRANGER
        if token is not None:
            asker = proven(header, token, await self._documents.of(token), time.time())
        return await self._answered(request, asker)

    async def of_own(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a process of the installation."""
        instance = request.headers.get(FOR, "")
        passwords = ""
        if instance:
            passwords = await asyncio.to_thread(self._documents.passwords, instance)
        return await self._answered(request, Asker(own=True, passwords=passwords))

    async def _answered(self, request: web.BaseRequest, asker: Asker) -> web.StreamResponse:
        try:
            asked = parse(request.raw_path)
            check(asker, request.method, asked)
            response = await self._reply(request, asker, asked)
        except Fault as fault:
            response = _refused(request, fault)
        ticket = asker.token.name if asker.token else ""
        path, status = request.raw_path.partition("?")[0], response.status
        _log.info("registry", method=request.method, path=path, status=status, ticket=ticket)
        return response

    async def _reply(
        self, request: web.BaseRequest, asker: Asker, asked: Asked
    ) -> web.StreamResponse:
        if asked.repository is None:
            return web.Response(headers=VERSION, body=b"{}", content_type="application/json")
        if request.method in {"GET", "HEAD"} and asked.kind is not Kind.UPLOAD:
            return await self._read(request, asker, asked, asked.repository)
        return await self._uploads.answer(request, asker, asked)

    async def _read(
        self, request: web.BaseRequest, asker: Asker, asked: Asked, name: Name
    ) -> web.StreamResponse:
        match asked.kind:
            case Kind.REFERRERS:
                headers = {**VERSION, "Content-Type": OCI_INDEX}
                return web.Response(headers=headers, body=_NO_REFERRERS)
            case Kind.TAGS:
                return _listed(name, asked, await self._find(name, asker).tags())
            case Kind.BLOB:
                fresh = self._uploads.pushed(asker, asked)
                content = fresh or await self._find(name, asker).blob(asked.reference)
                return await _send(request, content, asked.reference)
            case _:
                accept = ",".join(request.headers.getall("Accept", []))
                found = await self._find(name, asker).manifest(asked.reference, accept)
                return _document(request, found)


def _refused(request: web.BaseRequest, fault: Fault) -> web.Response:
    headers = {**VERSION, "Content-Type": "application/json"}
    if fault.status == 401:
        headers["WWW-Authenticate"] = REALM
    response = web.Response(status=fault.status, headers=headers, body=fault.body)
    if request.body_exists and not request.content.at_eof():
        # what was not read cannot be told from the next request
        response.force_close()
    return response


def _document(request: web.BaseRequest, found: Document) -> web.Response:
    headers = {
        **VERSION,
        "Content-Type": found.media_type,
        "Docker-Content-Digest": found.digest,
        "ETag": f'"{found.digest}"',
    }
    if _same(request, found.digest):
        return web.Response(status=304, headers=headers)
    return web.Response(headers=headers, body=found.body)


def _same(request: web.BaseRequest, digest: str) -> bool:
    given = request.headers.get("If-None-Match", "").split(",")
    return digest in {one.strip().removeprefix("W/").strip('"') for one in given}


async def _send(request: web.BaseRequest, content: Content, digest: str) -> web.StreamResponse:
    headers = {
        **VERSION,
        "Content-Type": OCTETS,
        "Docker-Content-Digest": digest,
        "ETag": f'"{digest}"',
        "Accept-Ranges": "bytes",
    }
    if _same(request, digest):
        return web.Response(status=304, headers=headers)
    status, start, end = 200, 0, content.size
    try:
        part = span(request.headers.get("Range", ""), content.size)
    except UnsatisfiableError:
        headers["Content-Range"] = f"bytes */{content.size}"
        return web.Response(status=416, headers=headers)
    if part is not None and request.method == "GET":
        status, (start, end) = 206, part
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = end - start
    if request.method == "HEAD":
        await response.prepare(request)
        return response
    if isinstance(content, OnDisk):
        return await _from_disk(request, response, content, start, end)
    chunks = content.read(start, end)
    # an upstream that fails at once is told in words; later only the connection can be cut
    first = await anext(chunks, b"")
    await response.prepare(request)
    try:
        await response.write(first)
        async for chunk in chunks:
            await response.write(chunk)
        await response.write_eof()
    except Fault as fault:
        _log.warning("blob_cut", digest=digest, why=fault.detail)
        if request.transport is not None:
            request.transport.abort()
    return response


async def _from_disk(
    request: web.BaseRequest, response: web.StreamResponse, content: OnDisk, start: int, end: int
) -> web.StreamResponse:
    """Send a file without its bytes passing through this process."""
    with await asyncio.to_thread(content.path.open, "rb") as file:
        await response.prepare(request)
        transport = request.transport
        if transport is not None and end > start:
            await asyncio.get_running_loop().sendfile(transport, file, start, end - start)
    await response.write_eof()
    return response


def _listed(name: Name, asked: Asked, tags: list[str]) -> web.Response:
    last, most = asked.value("last"), asked.value("n")
    count = min(int(most), _MOST_TAGS) if most.isascii() and most.isdecimal() else _MOST_TAGS
    found = [one for one in sorted(tags) if one > last]
    body = {"name": str(name), "tags": found[:count]}
    headers = dict(VERSION)
    if found[count:] and count:
        headers["Link"] = f'</v2/{name}/tags/list?n={count}&last={found[count - 1]}>; rel="next"'
    return web.json_response(body, headers=headers)
