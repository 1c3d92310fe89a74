"""Whether the platform's own services answer: a breaker for each, and who closes it again.

Requests tell of failures; what a request cannot tell is that nothing comes at all, so a service
is asked for its health now and then as well, and often as soon as it is doubted. The trial of
an open breaker is such a probe, never a person's request. Which services are away stands in
one set, which the core reads; what waits there is answered when it grows.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping

import aiohttp
import structlog

from kit.breaker import Breaker, State
from proxy.core.commands import Service
from proxy.core.record import Record

_log = structlog.get_logger(__name__)

WATCH = 2.0
"""Seconds between two probes of a service that answers."""
TRY = 0.1
"""Seconds between two of one that does not, and between its trials."""
TIMEOUT = 3.0
"""Seconds after which a probe has failed: a service that hangs is as good as away."""
FAILURES = 2
"""In a row; a kept connection that dies with its server is one, and says nothing yet."""
HEALTH_PATH = "/healthz"

_OF_KIND = {"dashboard": Service.SERVER, "assets": Service.BLOBSERVE}
_FAILED = frozenset({"server_away", "assets_away", "bad_gateway"})


class Probing:
    """Keeps `away` true; `opened` is told of each service that has just been found away."""

    def __init__(
        self,
        sockets: Mapping[Service, str],
        away: set[Service],
        opened: Callable[[Service], None] = lambda _service: None,
    ) -> None:
        # not the SSH gateway: it sleeps as a small program, and every probe would wake it
        self._sockets: dict[Service, str] = {
            one: path for one, path in sockets.items() if one is not Service.SSH
        }
        self.breakers = {service: Breaker(FAILURES, TRY) for service in self._sockets}
        self.opened = opened
        self._away = away
        self._doubts = {service: asyncio.Event() for service in self._sockets}

    def note(self, record: Record) -> None:
        """Take in a request that has ended."""
        service = _OF_KIND.get(record.kind)
        if service is None:
            return
        if record.code in _FAILED:
            self._failed(service)
        elif 0 < record.status < 500:
            self.breakers[service].succeeded(time.monotonic())

    def _failed(self, service: Service) -> None:
        if self.breakers[service].failed(time.monotonic()):
            self._away.add(service)
            _log.warning("service_away", service=service.value)
            self.opened(service)
        self._doubts[service].set()

    def _succeeded(self, service: Service) -> None:
        if self.breakers[service].succeeded(time.monotonic()):
            self._away.discard(service)
            _log.info("service_back", service=service.value)

    async def run(self) -> None:
        """Probe for ever."""
        async with asyncio.TaskGroup() as group:
            for service, path in self._sockets.items():
                group.create_task(self._watch(service, path), name=f"probe-{service}")

    async def _watch(self, service: Service, path: str) -> None:
        breaker, doubt = self.breakers[service], self._doubts[service]
        connector = aiohttp.UnixConnector(path, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            while True:
                await self._pause(breaker, doubt)
                if not breaker.may_try(time.monotonic()):
                    continue
                if await _answers(session):
                    self._succeeded(service)
                else:
                    self._failed(service)

    @staticmethod
    async def _pause(breaker: Breaker, doubt: asyncio.Event) -> None:
        """Wait for the next probe; a first doubt ends the long pause."""
        doubt.clear()
        if breaker.doubted or breaker.state is not State.CLOSED:
            await asyncio.sleep(TRY)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WATCH):
                await doubt.wait()


async def _answers(session: aiohttp.ClientSession) -> bool:
    """Tell whether it is well; while its queue is full it is busy, which is not yet away."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT):
            while True:
                answered = await _asked(session)
                if answered is not None:
                    return answered
                await asyncio.sleep(TRY)
    return False


async def _asked(session: aiohttp.ClientSession) -> bool | None:
    try:
        async with session.get(f"http://service{HEALTH_PATH}", allow_redirects=False) as answer:
            await answer.read()
            return answer.status < 500
    except aiohttp.ClientConnectorError as error:
        return None if isinstance(error.os_error, BlockingIOError) else False
    except aiohttp.ClientError:
        return False
