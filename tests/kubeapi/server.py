"""An API server of Kubernetes as far as Podium asks one, over HTTP, with its faults.

No imitation of its insides: what is said over the wire, by the documents of its API. Faults are
switched by whoever plays the world: down, silent, throttling, forgetting, cutting watches off,
telling things twice.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.kubeapi.objects import GONE, Object, Objects, Refusal
from tests.waiting import until

TOKEN = "a-service-account"
NAMESPACE = "podium"
BASE = f"/api/v1/namespaces/{NAMESPACE}"


@dataclass
class Faults:
    down: bool = False
    """Connections are cut off."""
    silent: bool = False
    """Requests are read, and nothing is answered."""
    throttled: int = 0
    """So many requests are answered with 429."""
    failing: int = 0
    """So many requests are answered with 500."""
    twice: bool = False
    """Watches tell each event two times."""
    denied: bool = False
    """Whoever asks may not."""


@dataclass
class ApiServer:
    objects: Objects = field(default_factory=Objects)
    faults: Faults = field(default_factory=Faults)
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    bookmark: float = 0.05
    """Seconds without an event after which a watch tells a bookmark."""
    page: int = 3
    """Objects in a piece of a list, however many are asked for."""
    _watches: set[asyncio.Task[object]] = field(default_factory=set)

    def cut(self) -> None:
        """Cut every watch off."""
        for watch in self._watches:
            watch.cancel()

    async def _word(self) -> None:
        """Wait until something may be said again."""
        await until(lambda: not self.faults.silent)

    @web.middleware
    async def faulty(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append((request.method, request.path_qs))
        if self.faults.silent:
            await self._word()
        if self.faults.down:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _status(Refusal(401, "Unauthorized", "Unauthorized"))
        if self.faults.denied:
            return _status(Refusal(403, "Forbidden", "it is not allowed"))
        if self.faults.throttled:
            self.faults.throttled -= 1
            return web.Response(status=429, headers={"Retry-After": "0"}, text="slow down")
        if self.faults.failing:
            self.faults.failing -= 1
            return web.Response(status=500, text="etcdserver: leader changed")
        try:
            return await handler(request)
        except Refusal as refusal:
            return _status(refusal)

    async def all(self, request: web.Request) -> web.StreamResponse:
        kind, query = request.match_info["kind"], request.query
        selector = query.get("labelSelector", "")
        if query.get("watch") == "true":
            return await self._watch(request, kind, selector, int(query["resourceVersion"]))
        found = self.objects.select(kind, selector)
        version, begin = self.objects.version, 0
        if "continue" in query:
            version, begin = (int(part) for part in query["continue"].split("."))
            if version < self.objects.oldest:
                raise GONE
        end = begin + min(self.page, int(query.get("limit", "500")))
        metadata = {"resourceVersion": str(version)}
        if end < len(found):
            metadata["continue"] = f"{version}.{end}"
        return web.json_response({"metadata": metadata, "items": found[begin:end]})

    async def create(self, request: web.Request) -> web.Response:
        made = self.objects.create(request.match_info["kind"], await request.json())
        return web.json_response(made, status=201)

    async def one(self, request: web.Request) -> web.Response:
        kind, name = request.match_info["kind"], request.match_info["name"]
        match request.method:
            case "GET":
                return web.json_response(self.objects.get(kind, name))
            case "PATCH":
                assert request.content_type == "application/merge-patch+json"
                return web.json_response(self.objects.patch(kind, name, await request.json()))
            case _:
                body = await request.json() if request.can_read_body else {}
                return web.json_response(self.objects.delete(kind, name, body))

    async def _watch(
        self, request: web.Request, kind: str, selector: str, version: int
    ) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        task = asyncio.current_task()
        assert task is not None
        self._watches.add(task)
        try:
            marks = request.query.get("allowWatchBookmarks") == "true"
            await self._tell(answer, kind, selector, version, marks=marks)
        except Refusal as refusal:
            # as the real one does when it finds out after it has begun to answer
            await _line(answer, "ERROR", refusal.status)
        except ConnectionResetError:
            return answer  # whoever watched has gone
        except asyncio.CancelledError:
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._watches.discard(task)
        return answer

    async def _tell(
        self,
        answer: web.StreamResponse,
        kind: str,
        selector: str,
        version: int,
        *,
        marks: bool,
    ) -> None:
        while not self.faults.down:
            if self.faults.silent:
                await self._word()
            events = self.objects.since(kind, version, selector)
            version = self.objects.version
            for change, one in events:
                for _ in range(2 if self.faults.twice else 1):
                    await _line(answer, change, one)
            if events:
                continue
            await self.objects.beyond(version, self.bookmark)
            if marks and self.objects.version == version:
                marked = {"kind": "Pod", "metadata": {"resourceVersion": str(version)}}
                await _line(answer, "BOOKMARK", marked)


async def _line(answer: web.StreamResponse, change: str, one: Object) -> None:
    await answer.write(json.dumps({"type": change, "object": one}).encode() + b"\n")


def _status(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.status, status=refusal.code)


@asynccontextmanager
async def serving() -> AsyncIterator[ApiServer]:
    """Serve on a free port of loopback."""
    server = ApiServer()
    app = web.Application(middlewares=[server.faulty])
    app.router.add_get(f"{BASE}/{{kind}}", server.all)
    app.router.add_post(f"{BASE}/{{kind}}", server.create)
    app.router.add_route("*", f"{BASE}/{{kind}}/{{name}}", server.one)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        server.cut()
        await runner.cleanup()
