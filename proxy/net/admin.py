"""The admin listener: health, readiness, metrics, and what the proxy knows, for operators.

It is never part of the public entry: a socket that root and the platform's user alone can
open, and by a setting a loopback port for what a Prometheus or a probe asks, without a word
of workspaces or people. Each worker has a socket of its own as well, by which the one that is
asked asks the others; what a worker has counted is kept when it ends.
"""

import asyncio
import fcntl
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from kit.exposition import CONTENT_TYPE, expose
from kit.metrics import Sample
from kit.unixsocket import bind_unix
from proxy.core.samples import METRICS, OF_NAME, PREFIX, merged
from proxy.net.inside import Inside

OTHERS = 1.0
"""Seconds for another worker to answer."""
ROWS_AT_ONCE = 250
"""Rows of a table that are written between two turns of others."""
_SAMPLES = msgspec.json.Decoder(list[Sample])
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class Admin:
    """Answers operators on shared sockets, and other workers on one of its own in the folder."""

    def __init__(self, inside: Inside, folder: Path, beside: Path | None = None) -> None:
        """`beside` is a socket whose metrics are given along with ours, while it answers."""
        self._inside = inside
        self._beside = beside
        self._folder = folder
        self._own = folder / f"worker-{os.getpid()}.sock"
        self._ended = folder / "ended.json"
        self._runners: list[web.ServerRunner] = []
        self._shared: list[web.ServerRunner] = []

    async def start(self) -> None:
        """Begin to answer the other workers."""
        self._runners.append(await self._serve(bind_unix(str(self._own), 0o600)))

    async def share(self, sockets: Sequence[socket.socket]) -> None:
        """Begin to answer operators, on sockets that the workers have in common."""
        self._shared += [await self._serve(one) for one in sockets]

    async def leave(self) -> None:
        """Answer operators no longer: others do, who stay."""
        for one in self._shared:
            await one.cleanup()
        self._shared.clear()

    async def stop(self) -> None:
        """End, and keep what was counted for those who go on."""
        await self.leave()
        self._own.unlink(missing_ok=True)
        for one in self._runners:
            await one.cleanup()
        await asyncio.to_thread(self._keep, self._inside.samples())

    async def _serve(self, listening: socket.socket) -> web.ServerRunner:
        whole = listening.family == socket.AF_UNIX
        server = web.Server(self._whole if whole else self._least, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.5)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        return runner

    # --- requests ---

    async def _whole(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._answer(request, everything=True)

    async def _least(self, request: web.BaseRequest) -> web.StreamResponse:
        # a page in a browser on this machine could have its name lead here
        name = request.host.rpartition(":")[0] if request.host[-1:].isdigit() else request.host
        if (name or request.host) not in _LOOPBACK:
            return web.json_response({"title": "Ask for a loopback address"}, status=403)
        return await self._answer(request, everything=False)

    async def _answer(self, request: web.BaseRequest, *, everything: bool) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return web.json_response({"title": "Only GET"}, status=405)
        match request.path:
            case "/healthz":
                return web.Response(text="ok\n")
            case "/readyz":
                told = self._inside.readiness()
                return web.json_response(told, status=200 if told["ready"] else 503)
            case "/metrics":
                body = expose(PREFIX, METRICS, await self._together()) + await self._more()
                return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})
            case "/table" if everything:
                return await self._table(request)
            case "/state" if everything:
                others = await self._others("/state/own")
                return web.json_response(
                    {"workers": [self._inside.state(), *map(msgspec.json.decode, others)]}
                )
            case "/state/own" if everything:
                return web.json_response(self._inside.state())
            case "/samples" if everything:
                return web.Response(body=msgspec.json.encode(self._inside.samples()))
        return web.json_response({"title": "Nothing is here"}, status=404)

    async def _table(self, request: web.BaseRequest) -> web.StreamResponse:
        """Send a route a line, in pieces between which requests have their turn."""
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        lines: list[bytes] = []
        for row in self._inside.rows(request.query.get("workspace", "")):
            lines.append(msgspec.json.encode(row) + b"\n")
            if len(lines) == ROWS_AT_ONCE:
                await response.write(b"".join(lines))
                lines.clear()
                await asyncio.sleep(0)
        await response.write(b"".join(lines))
        return response

    # --- several workers ---

    async def _together(self) -> list[Sample]:
        others = [_SAMPLES.decode(one) for one in await self._others("/samples")]
        return merged([self._inside.samples(), *others, _read(self._ended)])

    async def _more(self) -> bytes:
        return (self._beside and await _ask(self._beside, "/metrics")) or b""

    async def _others(self, path: str) -> list[bytes]:
        """Return the answers of the other workers; one that is gone has none."""
        sockets = [one for one in self._folder.glob("worker-*.sock") if one != self._own]
        answers = await asyncio.gather(*(_ask(one, path, ours=True) for one in sockets))
        return [one for one in answers if one is not None]

    def _keep(self, samples: list[Sample]) -> None:
        """Add what this worker has counted to that of others that have ended."""
        counted = [one for one in samples if OF_NAME[one.name].kind != "gauge"]
        with suppress(OSError), (self._folder / "ended.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            fresh = self._ended.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(merged([_read(self._ended), counted])))
            fresh.rename(self._ended)


async def _ask(path: Path, target: str, *, ours: bool = False) -> bytes | None:
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(path)),
                timeout=aiohttp.ClientTimeout(total=OTHERS),
            ) as session,
            session.get(f"http://worker{target}") as answer,
        ):
            return await answer.read() if answer.status == 200 else None
    except aiohttp.ClientConnectorError:
        if ours:
            path.unlink(missing_ok=True)  # it was killed
        return None
    except (aiohttp.ClientError, TimeoutError):
        return None


def _read(file: Path) -> list[Sample]:
    try:
        return [one for one in _SAMPLES.decode(file.read_bytes()) if one.name in OF_NAME]
    except (OSError, ValueError):
        return []
