"""A service that is away, hangs, or is back: known at once, and by a probe, not by a person."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from kit.breaker import State
from kit.unixsocket import bind_unix
from proxy.core.commands import Service
from proxy.core.record import Record
from proxy.net import probing as module
from proxy.net.probing import FAILURES, Probing
from tests.proxy.core.test_record import LEAST
from tests.proxy.net.standins import App
from tests.proxy.net.test_queue import full
from tests.proxy.net.whole import DASHBOARD, SELF_FETCH, Whole
from tests.proxy.world import OPEN_PORT, TAB, request
from tests.waiting import until


class Watched:
    """One service's probing, and what was told of it."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "service.sock")
        self.away: set[Service] = set()
        self.told: list[Service] = []
        self.probing = Probing({Service.SERVER: self.path}, self.away, self.told.append)

    @property
    def state(self) -> State:
        return self.probing.breakers[Service.SERVER].state

    def ended(self, **changes) -> None:
        self.probing.note(Record(**{**LEAST, "kind": "dashboard", **changes}))


@asynccontextmanager
async def probed(watched: Watched) -> AsyncIterator[None]:
    work = asyncio.get_running_loop().create_task(watched.probing.run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_ssh_gateway_is_let_sleep(tmp_path: Path) -> None:
    both = {Service.SERVER: str(tmp_path / "server"), Service.SSH: str(tmp_path / "ssh")}
    assert set(Probing(both, set()).breakers) == {Service.SERVER}


async def test_a_service_that_is_not_there_is_away_until_it_is(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH", 0.01)
    async with probed(watched):
        await until(lambda: watched.away == {Service.SERVER})
        assert watched.told == [Service.SERVER]
        app = await App.on_unix(watched.path)
        await until(lambda: not watched.away)
        assert watched.state is State.CLOSED
        await app.close()
        await until(lambda: watched.away)
        assert watched.probing.breakers[Service.SERVER].opened == 2


async def test_a_service_that_hangs_is_away(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH", 0.01)
    monkeypatch.setattr(module, "TIMEOUT", 0.05)
    with bind_unix(watched.path, 0o600):  # the kernel accepts, and nobody answers
        async with probed(watched):
            await until(lambda: watched.away)


async def test_a_service_whose_queue_stays_full_is_away(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH", 0.01)
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    listening, queue = full(Path(watched.path))
    assert await _asked_once(watched) is None, "busy, which is not away yet"
    async with probed(watched):
        await until(lambda: watched.away)
    for one in (listening, *queue):
        one.close()


async def _asked_once(watched: Watched) -> bool | None:
    connector = aiohttp.UnixConnector(watched.path)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await module._asked(session)


async def test_failures_of_requests_open_it_at_once(watched: Watched) -> None:
    for _ in range(FAILURES - 1):
        watched.ended(status=503, code="server_away")
    watched.ended(status=200)
    for _ in range(FAILURES - 1):
        watched.ended(status=502, code="bad_gateway")
    assert watched.state is State.CLOSED
    watched.ended(status=503, code="server_away")
    assert watched.state is State.OPEN
    assert watched.away == {Service.SERVER}
    watched.ended(status=503, code="server_away")
    watched.ended(status=200)
    assert watched.state is State.OPEN, "a person's request is no trial"
    assert watched.told == [Service.SERVER]


async def test_what_a_workspace_does_opens_nothing(watched: Watched) -> None:
    for kind in ("port", "ide", "supervisor", "own", "none"):
        for code in ("nothing_listens", "bad_gateway", "ide_away", "server_away"):
            for _ in range(FAILURES):
                watched.ended(kind=kind, status=502, code=code)
    assert watched.state is State.CLOSED


async def test_an_error_of_the_application_is_an_answer(watched: Watched) -> None:
    for _ in range(FAILURES):
        watched.ended(status=500)
        watched.ended(status=0, ended="client_gone")
    assert watched.state is State.CLOSED


# --- the whole proxy ---


async def test_a_server_that_hangs_keeps_nobody_waiting(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The requests that wait are answered, the next one at once; ports go on; it comes back."""
    monkeypatch.setattr(module, "WATCH", 0.05)
    monkeypatch.setattr(module, "TIMEOUT", 0.05)
    await whole.public.close()
    path = Path(whole.layout.public_socket)
    path.unlink(missing_ok=True)
    hung: socket.socket = bind_unix(str(path), 0o600)
    waiting, posting = await whole.raw(), await whole.raw()
    waiting[1].write(request("/", DASHBOARD, headers=TAB))
    posting[1].write(request("/api", DASHBOARD, "POST", {}, b"once"))
    head = await waiting[0].readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 2" in head
    async with whole.get("/", DASHBOARD, TAB) as answer:
        page = await answer.text()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert "Workspaces go on working" in page
        assert 'http-equiv="refresh"' in page
    async with whole.get("/api/v1/workspaces", DASHBOARD, SELF_FETCH) as answer:
        assert (answer.status, (await answer.json())["code"]) == (503, "server_away")
    async with whole.get("/", OPEN_PORT) as answer:
        assert answer.status == 200, "a workspace's port is nobody else's trouble"
    hung.close()
    whole.public = await App.on_unix(str(path))

    async def back() -> bool:
        async with whole.get("/", DASHBOARD, TAB) as answer:
            return answer.status == 200

    await until(back)
    # what may have been done already was never answered in the server's place; it is now gone
    assert (await posting[0].readline()).startswith(b"HTTP/1.1 502")
    for _reader, writer in (waiting, posting):
        writer.close()


async def test_ports_that_fail_leave_the_dashboard_alone(whole: Whole) -> None:
    await whole.code.close()
    for _ in range(3 * FAILURES):
        async with whole.get("/", OPEN_PORT) as answer:
            assert answer.status >= 500
    async with whole.get("/", DASHBOARD) as answer:
        assert answer.status == 200
