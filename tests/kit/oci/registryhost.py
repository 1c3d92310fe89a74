"""A registry for tests: serves what it is given, as honestly as it is told to."""

import base64
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Index
from kit.oci.core.references import Reference, parse
from kit.oci.layout import Layout

Lie = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
USER, PASSWORD, TOKEN = "ada", "of:lovelace", "let-me-in"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass
class RegistryHost:
    """What it holds, what it was asked, and how it answers."""

    port: int = 0
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """`repository:tag` or `repository@digest` → type and body."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    door: str = ""
    """`basic`, `bearer` (for anybody) or `bearer-password`."""
    lie: Lie | None = None
    """Answers instead, unless with None."""
    asked: "Counter[str]" = field(default_factory=Counter)
    """`METHOD path` → times."""
    headers: list[dict[str, str]] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def reference(self, rest: str = "a/b:1") -> Reference:
        return parse(f"{self.host}/{rest}")

    def add(
        self, layout: Layout, image: Descriptor, repository: str = "a/b", tag: str = "1"
    ) -> None:
        """Offer an image of a store."""
        body = layout.read(image.digest)
        for name in (f"{repository}:{tag}", f"{repository}@{image.digest}"):
            self.manifests[name] = image.media_type, body
        document = layout.manifest(image.digest)
        if isinstance(document, Index):
            for one in document.manifests:
                if layout.has(one.digest):
                    self.add(layout, one, repository, "one-of-it")
            return
        self.blobs.update({one.digest: layout.read(one.digest) for one in document.blobs})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked[f"{request.method} {request.path}"] += 1
        self.headers.append(dict(request.headers))
        if self.lie is not None and (answer := await self.lie(request)) is not None:
            return answer
        if request.path == "/token":
            return self._token(request)
        if not self._may(request):
            return self._challenge()
        where = request.path.removeprefix("/v2/")
        if "/blobs/uploads/" in where:
            return await self._upload(request, where)
        repository, kind, name = where.rsplit("/", 2)
        if kind == "manifests":
            return await self._manifest(request, repository, name)
        content = self.blobs.get(name)
        if content is None:
            return missing("BLOB_UNKNOWN")
        return part(request, content)

    async def _manifest(self, request: web.Request, repository: str, name: str) -> web.Response:
        key = f"{repository}@{name}" if name.startswith("sha256:") else f"{repository}:{name}"
        if request.method == "PUT":
            body = await request.read()
            self.manifests[key] = request.content_type, body
            return web.Response(status=201, headers={"Docker-Content-Digest": digest_of(body)})
        if key not in self.manifests:
            return missing("MANIFEST_UNKNOWN")
        kind, body = self.manifests[key]
        headers = {"Docker-Content-Digest": digest_of(body), "Content-Type": kind}
        return web.Response(body=body, headers=headers)

    async def _upload(self, request: web.Request, where: str) -> web.Response:
        upload = where.rpartition("/")[2] or str(len(self.uploads) + 1)
        before = self.uploads.setdefault(upload, b"")
        if request.method == "PATCH":
            assert request.headers["Content-Range"].startswith(f"{len(before)}-")
        self.uploads[upload] = before + await request.read()
        if request.method == "PUT":
            assert request.query["state"] == upload
            self.blobs[request.query["digest"]] = self.uploads.pop(upload)
            return web.Response(status=201)
        folder = request.path.rpartition("/")[0]
        return web.Response(status=202, headers={"Location": f"{folder}/{upload}?state={upload}"})

    def _may(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        if self.door == "basic":
            return given == BASIC
        return not self.door or given == f"Bearer {TOKEN}"

    def _challenge(self) -> web.Response:
        door = f'Bearer realm="http://{self.host}/token",service="test",scope="x"'
        told = 'Basic realm="test"' if self.door == "basic" else door
        return web.Response(status=401, headers={"WWW-Authenticate": told})

    def _token(self, request: web.Request) -> web.Response:
        if self.door == "bearer-password" and request.headers.get("Authorization") != BASIC:
            return web.Response(status=401)
        return web.json_response({"token": TOKEN, "expires_in": 300})


def part(request: web.Request, content: bytes) -> web.Response:
    """Answer with all of it, or from where a range begins."""
    asked = request.http_range.start
    if asked is None:
        return web.Response(body=content, content_type="application/octet-stream")
    told = f"bytes {asked}-{len(content) - 1}/{len(content)}"
    return web.Response(status=206, body=content[asked:], headers={"Content-Range": told})


def missing(code: str) -> web.Response:
    errors = [{"code": code, "message": "it is not known"}]
    return web.json_response({"errors": errors}, status=404)


@asynccontextmanager
async def registry_host() -> AsyncIterator[RegistryHost]:
    """Serve on a free port of 127.0.0.1."""
    host = RegistryHost()
    application = web.Application(client_max_size=1 << 30)
    application.router.add_route("*", "/{path:.*}", host.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.port = runner.addresses[0][1]
    try:
        yield host
    finally:
        await runner.cleanup()
