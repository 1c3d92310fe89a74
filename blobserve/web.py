"""The HTTP side: a request becomes a value, the answer bytes; files go from disk to socket."""

import asyncio
import time
from collections.abc import Awaitable

import structlog
from aiohttp import web

from blobserve.core.compose import Piece
from blobserve.core.counts import Counts
from blobserve.core.heads import Head
from blobserve.core.inline import HEADER
from blobserve.core.names import is_registrys
from blobserve.core.ref import Wanted, parse
from blobserve.core.replies import Asked, Reply, answer, refuse
from blobserve.files import Files
from blobserve.registry.site import Registry
from blobserve.store.images import Images
from kit.oci.core import references
from kit.oci.core.refusals import Refused

HEALTH_PATH = "/healthz"
_METHODS = frozenset({"GET", "HEAD"})
_log = structlog.get_logger(__name__)


class Site:
    """Answers requests. `asked` is when the last one for a file came, monotonic seconds."""

    def __init__(
        self,
        images: Images,
        repositories: frozenset[str],
        registry: Registry | None = None,
        files: Files | None = None,
    ) -> None:
        self._images = images
        self._repositories = repositories
        self._registry = registry
        self._files = files
        self.counts = files.counts if files is not None else Counts()
        self.asked = time.monotonic()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.raw_path == HEALTH_PATH:
            return web.Response(text="ok\n")
        if self._registry is not None and is_registrys(request.raw_path):
            response = await self._registry.of_strangers(request)
            self.counts.answered("registry", response.status, sent(request, response))
            return response
        wanted = parse(request.raw_path)
        coming = self.reply(Head(request.raw_path, _asked(request)))
        reply = coming if isinstance(coming, Reply) else await coming
        self.asked = time.monotonic()
        size = reply.piece.size if reply.piece and request.method == "GET" else 0
        self.counts.answered("file", reply.status, size)
        _log.info(
            "served",
            method=request.method,
            path=wanted.path if wanted else "",
            status=reply.status,
            encoding=reply.headers.get("Content-Encoding", ""),
            bytes=size,
        )
        if reply.piece is None:
            body = reply.content or reply.text.encode() or None
            return web.Response(status=reply.status, headers=reply.headers, body=body)
        return await _send(request, reply, reply.piece)

    def reply(self, head: Head) -> Reply | Awaitable[Reply]:
        """Return the answer to a request for a file, at once where the file is warm."""
        wanted = parse(head.target)
        if head.asked.method not in _METHODS:
            return refuse(405, "Files can only be read.", Allow="GET, HEAD")
        if wanted is None:
            return refuse(404, "This address names no file of an image.")
        if wanted.repository not in self._repositories:
            return self._stored(head, wanted)
        image = self._images.get(wanted.image)
        if image is None:
            return refuse(404, "There is no such image.")
        self.counts.add("found", "warm")
        return answer(head.asked, image.files, image.better, wanted.path)

    def _stored(self, head: Head, wanted: Wanted) -> Reply | Awaitable[Reply]:
        if self._files is None:
            return refuse(403, "Images of this repository are not served.")
        try:
            reference = references.parse(wanted.image)
        except Refused as error:
            return refuse(404, f"{error}.")
        return self._files.reply(head.asked, reference, wanted.path)


def _asked(request: web.BaseRequest) -> Asked:
    headers = request.headers
    return Asked(
        request.method,
        accept_encoding=headers.get("Accept-Encoding", ""),
        if_none_match=headers.get("If-None-Match", ""),
        if_range=headers.get("If-Range", ""),
        range=headers.get("Range", ""),
        inline=headers.get(HEADER, ""),
    )


def sent(request: web.BaseRequest, response: web.StreamResponse) -> int:
    """Return the bytes of an answer's body."""
    return 0 if request.method == "HEAD" else response.content_length or 0


async def _send(request: web.BaseRequest, reply: Reply, piece: Piece) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_length = piece.size
    with open(piece.blob, "rb") as file:  # noqa: ASYNC230, PTH123 - as quick as looking it up
        await response.prepare(request)
        transport = request.transport
        if request.method == "GET" and piece.size and transport is not None:
            loop = asyncio.get_running_loop()
            await loop.sendfile(transport, file, piece.start, piece.size)
    await response.write_eof()
    return response
