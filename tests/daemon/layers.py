"""Layers and images for tests, harmless and hostile, and a registry that gives them out."""

import gzip
import io
import json
import tarfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.unixsocket import bind_unix
from wire.registry import FOR

NAME = "docker.io/library/small"


@dataclass(frozen=True)
class Member:
    """An entry of a layer; `fields` are tarfile's."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    fields: dict[str, object] = field(default_factory=dict)


def folder(name: str, **fields: object) -> Member:
    return Member(name, kind=tarfile.DIRTYPE, fields={"mode": 0o755, **fields})


def link(name: str, target: str) -> Member:
    return Member(name, kind=tarfile.SYMTYPE, fields={"linkname": target})


def hard(name: str, target: str) -> Member:
    return Member(name, kind=tarfile.LNKTYPE, fields={"linkname": target})


def tar_of(*members: Member) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for one in members:
            info = tarfile.TarInfo(one.name)
            info.type, info.size = one.kind, len(one.content)
            for name, value in one.fields.items():
                setattr(info, name, value)
            tar.addfile(info, io.BytesIO(one.content))
    return out.getvalue()


@dataclass
class Registry:
    """What the facade would answer with, and what it was asked for."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """For whom each request was."""
    lies: dict[str, bytes] = field(default_factory=dict)
    """Digest → what is sent in its place."""
    failure: tuple[int, str] | None = None
    breaks: list[int] = field(default_factory=list)
    """Bytes after which an answer with a layer breaks off, one answer after the other."""
    parts: list[str] = field(default_factory=list)
    """What was asked for of blobs: `Range`, or nothing."""

    def add(self, content: bytes, media_type: str = "") -> dict[str, object]:
        digest = digest_of(content)
        self.blobs[digest], self.types[digest] = content, media_type
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def image(self, *layers: Sequence[Member], env: Sequence[str] = ()) -> str:
        """Add an image of gzipped layers; returns its digest."""
        tars = [tar_of(*members) for members in layers]
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": list(env)},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(one) for one in tars]},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": media.OCI_MANIFEST,
            "config": self.add(json.dumps(config).encode(), media.OCI_CONFIG),
            "layers": [self.add(gzip.compress(one, mtime=0), media.OCI_LAYER_GZIP) for one in tars],
        }
        return str(self.add(json.dumps(manifest).encode(), media.OCI_MANIFEST)["digest"])

    def index(self, image: str) -> str:
        """Add an index that leads to an image; returns its digest."""
        described = {
            "mediaType": media.OCI_MANIFEST,
            "digest": image,
            "size": len(self.blobs[image]),
            "platform": {"architecture": "amd64", "os": "linux"},
        }
        document = {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": [described]}
        return str(self.add(json.dumps(document).encode(), media.OCI_INDEX)["digest"])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.named.append(request.headers.get(FOR, ""))
        if self.failure is not None:
            status, message = self.failure
            return web.json_response({"errors": [{"message": message}]}, status=status)
        digest = request.path.rpartition("/")[2]
        if digest not in self.blobs or not request.path.startswith(f"/v2/{NAME}/"):
            missing = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "no such image"}]}
            return web.json_response(missing, status=404)
        body = self.lies.get(digest, self.blobs[digest])
        kind = self.types[digest] or "application/octet-stream"
        if kind != media.OCI_LAYER_GZIP:
            return web.Response(body=body, content_type=kind)
        return await self._layer(request, body)

    async def _layer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        wanted = request.headers.get("Range", "")
        self.parts.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(body) - start
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        await response.prepare(request)
        end = len(body)
        if self.breaks:
            end = self.breaks.pop(0)
        if end > start:
            await response.write(body[start:end])
        if end < len(body):
            assert request.transport is not None
            request.transport.close()
        return response

    @asynccontextmanager
    async def serving(self, socket: Path) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, bind_unix(str(socket), 0o600)).start()
        try:
            yield
        finally:
            await runner.cleanup()
