"""The admin listener: for root and the platform's user, and a little of it on loopback."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from kit.metrics import Sample
from kit.unixsocket import bind_unix
from tests.ports import free_port
from tests.proxy.net.asked import asked
from tests.proxy.net.processes import Processes
from tests.proxy.net.whole import DASHBOARD, Whole
from tests.proxy.world import IDE, OPEN_PORT, TAB, WORKSPACE
from tests.waiting import until


async def metrics(path: Path) -> dict[tuple[str, ...], float]:
    status, text = await asked(path, "/metrics")
    assert status == 200
    return {
        (one.name.removeprefix("podium_proxy_"), *one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def test_requests_are_counted_by_kind(whole: Whole) -> None:
    before = await metrics(whole.layout.admin_socket)
    for host in (DASHBOARD, OPEN_PORT, OPEN_PORT, "nobody"):
        async with whole.get("/", host) as answer:
            await answer.read()
    async with whole.get("/", IDE, TAB) as answer:
        assert answer.status == 303
    found = await metrics(whole.layout.admin_socket)

    def more(*key: str) -> float:
        return found.get(key, 0) - before.get(key, 0)

    assert more("requests_total", "dashboard", "read", "2xx") == 1
    assert more("requests_total", "port", "read", "2xx") == 2
    assert more("requests_total", "unknown", "read", "4xx") == 1
    assert more("answers_total", "handover", "ide", "303") == 1
    assert more("request_seconds_count", "port") == 2
    assert found["connections", "browser"] >= 1
    assert (found["feed_connected",], found["workers",], found["routes",]) == (1, 1, 1)
    assert found["breaker", "server"] == 0
    assert found["resident_bytes",] > 10_000_000


async def test_blobserves_metrics_come_along_while_it_answers(whole: Whole) -> None:
    async def scraped(request: web.BaseRequest) -> web.Response:
        return web.Response(status=200 if request.path == "/metrics" else 404, text="files 3.0\n")

    path = Path(whole.layout.registry_socket)
    path.parent.mkdir(exist_ok=True)
    assert "files 3.0" not in (await asked(whole.layout.admin_socket, "/metrics"))[1]
    runner = web.ServerRunner(web.Server(scraped))
    await runner.setup()
    await web.SockSite(runner, bind_unix(str(path), 0o600)).start()
    text = (await asked(whole.layout.admin_socket, "/metrics"))[1]
    await runner.cleanup()
    assert text.endswith("files 3.0\n")
    assert "podium_proxy_requests_total" in text


async def test_only_reading_and_only_what_is_there(whole: Whole) -> None:
    path = whole.layout.admin_socket
    assert (await asked(path, "/healthz")) == (200, "ok\n")
    assert (await asked(path, "/"))[0] == 404
    assert (await asked(path, "/table/../x"))[0] == 404
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(b"POST /table HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 405")
    writer.close()
    assert Path(path).stat().st_mode & 0o777 == 0o600


async def test_none_of_it_is_at_the_public_entry(whole: Whole) -> None:
    for host in (DASHBOARD, OPEN_PORT, "127.0.0.1"):
        for path in ("/metrics", "/table", "/state", "/readyz"):
            async with whole.get(path, host) as answer:
                text = await answer.text()
            assert "podium_proxy_" not in text
            assert "auth_epoch" not in text


@pytest.fixture
async def loopback(whole: Whole) -> tuple[Whole, int]:
    port = free_port()
    await whole.stop_proxy()
    whole.settings = replace(whole.settings, admin=("127.0.0.1", port))
    await whole.start_proxy()
    return whole, port


async def test_the_loopback_port_tells_nothing_of_anybody(loopback: tuple[Whole, int]) -> None:
    whole, port = loopback
    for path, status in (("/metrics", 200), ("/healthz", 200), ("/readyz", 200)):
        async with whole.session.get(f"http://127.0.0.1:{port}{path}") as answer:
            text = await answer.text()
            assert (answer.status, WORKSPACE in text) == (status, False)
    for path in ("/table", "/state", "/samples", "/state/own"):
        async with whole.session.get(f"http://127.0.0.1:{port}{path}") as answer:
            assert answer.status == 404
    for name in ("evil.example", f"evil.example:{port}", "podium.localhost"):
        headers = {"Host": name}
        async with whole.session.get(f"http://127.0.0.1:{port}/metrics", headers=headers) as answer:
            assert answer.status == 403, "a name that a page has pointed here"


class Worker:
    """Another worker's admin socket, as far as it is asked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "worker-1.sock"

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(
            self._serve, sock=bind_unix(str(self.path), 0o600)
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked_for = await reader.readuntil(b"\r\n\r\n")
        body: object = {"worker": 1}
        if asked_for.startswith(b"GET /samples "):
            body = [Sample("workers", (), 1), Sample("feed_connected", (), 0)]
        text = msgspec.json.encode(body)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
        await writer.drain()
        writer.close()

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()


async def test_whoever_is_asked_asks_the_others(whole: Whole) -> None:
    other = Worker(Path(whole.layout.proxy_run))
    await other.start()
    found = await metrics(whole.layout.admin_socket)
    assert (found["workers",], found["feed_connected",]) == (2, 0)
    _status, text = await asked(whole.layout.admin_socket, "/state")
    assert {one["worker"] for one in json.loads(text)["workers"]} == {1, os.getpid()}
    await other.stop()


async def test_a_worker_that_was_killed_is_not_asked_again(whole: Whole) -> None:
    dead = Path(whole.layout.proxy_run) / "worker-1.sock"
    bind_unix(str(dead), 0o600).close()
    assert (await metrics(whole.layout.admin_socket))["workers",] == 1
    assert not dead.exists()


async def test_a_worker_that_hangs_holds_nobody_up(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.net.admin.OTHERS", 0.05)
    with bind_unix(str(Path(whole.layout.proxy_run) / "worker-1.sock"), 0o600):
        assert (await metrics(whole.layout.admin_socket))["workers",] == 1


async def test_what_was_counted_outlives_its_worker(whole: Whole) -> None:
    for _ in range(2):
        async with whole.get("/", OPEN_PORT) as answer:
            await answer.read()
        await whole.stop_proxy()
        await whole.start_proxy()
    found = await metrics(whole.layout.admin_socket)
    assert found["requests_total", "port", "read", "2xx"] == 2
    assert found["workers",] == 1, "gauges are of those that live"
    assert not Path(whole.layout.proxy_run, "ended.new").exists()
    own = f"worker-{os.getpid()}.sock"
    await whole.stop_proxy()
    assert not Path(whole.layout.proxy_run, own).exists()


async def test_nonsense_on_disk_is_no_end(whole: Whole) -> None:
    Path(whole.layout.proxy_run, "ended.json").write_text('[["of_tomorrow",[],1],["workers",[],1')
    assert (await metrics(whole.layout.admin_socket))["workers",] == 1


async def test_two_real_workers_answer_as_one_and_keep_their_counts() -> None:
    several = Processes()
    several.workers = 2
    try:
        await several.start()
        await several.serves()
        path = Path(several.layout.admin_socket)

        async def both() -> bool:
            return (await metrics(path))["workers",] == 2

        await until(both, timeout=30)
        before = await metrics(path)
        key = "requests_total", "port", "read", "2xx"
        for _ in range(20):
            async with several.get("/", OPEN_PORT, {"Connection": "close"}) as answer:
                assert answer.status == 200
        found = await metrics(path)
        assert found[key] - before.get(key, 0) == 20
        assert (found["feed_connected",], found["routes",]) == (1, 1)
        _status, text = await asked(path, "/state")
        assert {one["worker"] for one in json.loads(text)["workers"]} == set(several.pids())
        await several.stop_proxy()
        await several.start_proxy()
        await several.serves(4)
        await until(both, timeout=30)
        assert (await metrics(path))[key] >= found[key], "those that have ended are not forgotten"
    finally:
        await several.stop()
