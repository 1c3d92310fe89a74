"""The page that a scrape gets: what was counted, and what is now. For the installation alone."""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from blobserve.core.counts import METRICS, PREFIX, Counts
from blobserve.storefiles import StoreFiles
from blobserve.web import sent
from kit.metrics import Sample

METRICS_PATH = "/metrics"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Measuring:
    """Answers scrapes, and counts what others answer."""

    def __init__(self, counts: Counts, files: StoreFiles) -> None:
        self._counts, self._files = counts, files

    async def scrape(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer with the page, whatever else is asked for with 404."""
        if request.path != METRICS_PATH or request.method not in {"GET", "HEAD"}:
            return web.Response(status=404, text="Only /metrics is here.\n")
        # here, since most installations have nobody who asks for it
        from kit.exposition import CONTENT_TYPE, expose  # noqa: PLC0415 - 3 MB

        now = await asyncio.to_thread(self._files.now)
        body = expose(PREFIX, METRICS, [*self._counts.samples(), *now, *_of_process()])
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    def beside(self, other: Handler, kind: str) -> Handler:
        """Return a handler that answers scrapes, and the rest by the other one, counted."""
        counted = self.counted(other, kind)

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await (self.scrape if request.path == METRICS_PATH else counted)(request)

        return handle

    def counted(self, other: Handler, kind: str) -> Handler:
        """Return the handler with its answers counted."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            response = await other(request)
            self._counts.answered(kind, response.status, sent(request, response))
            return response

        return handle


def _of_process() -> list[Sample]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return [
        Sample("cpu_seconds", (), time.process_time()),
        Sample("resident_bytes", (), pages * resource.getpagesize()),
    ]
