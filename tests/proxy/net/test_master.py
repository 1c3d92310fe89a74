"""Real processes: nothing is dropped when they are renewed, and little when they die."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from tests.authority import Authority
from tests.proxy.net.processes import PATIENCE, Processes
from tests.proxy.net.traffic import Traffic
from tests.proxy.net.whole import INSTANCE, SELF_FETCH, echoed
from tests.proxy.world import OPEN_PORT, PORT, PROOF_KEY, WORKSPACE, request
from tests.waiting import until
from wire.names import greet


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    made = Processes()
    try:
        yield made
    finally:
        await made.stop()


async def test_workers_are_renewed_without_a_dropped_request(processes: Processes) -> None:
    processes.workers = 2
    await processes.start()
    await processes.serves()
    async with Traffic(processes) as traffic:
        for _ in range(3):
            await traffic.flows()
            await processes.renew()
        await traffic.flows()
    assert traffic.failures == []
    assert traffic.reconnections >= 3
    await until(lambda: len(processes.pids()) == 2, PATIENCE)


async def test_a_killed_worker_takes_its_own_connections_alone(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    processes.kill_worker()
    # it is nobody's turn to accept: the connection waits in the queue of the socket
    async with processes.get("/", PORT, {**SELF_FETCH, **processes.ports()}) as answer:
        assert answer.status == 200
    assert processes.count("worker_ended") == 1


async def test_a_killed_master_drops_nothing_that_is_in_work(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    reader, writer = await processes.raw()
    writer.write(request("/post", OPEN_PORT, "POST", {"Content-Length": "5"}) + b"he")
    await until(lambda: (INSTANCE, 4000) in processes.node.asked)
    before = processes.pids()
    await processes.kill_master()
    async with processes.get("/", PORT, {**SELF_FETCH, **processes.ports()}) as answer:
        assert answer.status == 200
    writer.write(b"llo")
    assert (await reader.read()).endswith(b"hello")
    writer.close()
    await until(lambda: not set(before) & set(processes.pids()), PATIENCE)


async def test_what_is_in_work_outlives_a_master_that_leaves(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    reader, writer = await processes.raw()
    writer.write(request("/slow?n=40", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    assert processes.process is not None
    processes.process.send_signal(signal.SIGQUIT)
    assert await processes.process.wait() == 0
    await processes.start_proxy()
    async with processes.get("/", PORT, {**SELF_FETCH, **processes.ports()}) as answer:
        assert answer.status == 200
    assert (await reader.readuntil(b"0\r\n\r\n")).count(b"piece") == 40
    writer.close()


async def test_who_waits_to_be_served_is_served_by_the_next(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    await processes.stop_proxy()
    reader, writer = await processes.raw()
    writer.write(request("/", OPEN_PORT))
    await processes.start_proxy()
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_socket_is_told_to_connect_again_when_there_is_somebody_else(
    processes: Processes,
) -> None:
    await processes.start()
    await processes.serves()
    async with processes.socket(OPEN_PORT) as live:
        assert await echoed(live, "hello")
        await processes.renew()
        await asyncio.wait_for(live.wait_closed(), 60)
        assert live.close_code == 1006, "no clean end, after which nobody would come again"
    async with processes.socket(OPEN_PORT) as again:
        assert await echoed(again, "hello")


async def test_workspaces_reach_the_next_one_by_the_same_socket(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    path = str(processes.layout.entry_socket)

    async def answered() -> bytes:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(greet(WORKSPACE, "198.18.0.2", PROOF_KEY, time.time()))
        writer.write(request("/", OPEN_PORT))
        line = await reader.readline()
        writer.close()
        return line

    before = processes.pids()
    assert (await answered()).startswith(b"HTTP/1.1 200")
    await processes.renew()
    await until(lambda: not set(before) & set(processes.pids()), PATIENCE)
    assert (await answered()).startswith(b"HTTP/1.1 200")
    processes.kill_worker()
    assert (await answered()).startswith(b"HTTP/1.1 200")


async def test_a_renewal_that_fails_leaves_the_old_workers(processes: Processes) -> None:
    await processes.start()
    await processes.serves()
    before = processes.pids()
    assert processes.process is not None
    os.kill(processes.process.pid, signal.SIGHUP)
    await until(lambda: len(processes.pids()) == 2, PATIENCE)
    processes.kill_worker()
    await until(lambda: processes.count("renewal_given_up"), PATIENCE)
    assert processes.pids() == before
    async with processes.get("/", PORT, {**SELF_FETCH, **processes.ports()}) as answer:
        assert answer.status == 200


async def test_one_process_alone(processes: Processes) -> None:
    processes.workers = 0
    await processes.start()
    assert processes.process is not None
    assert processes.pids() == [processes.process.pid]


async def test_a_proxy_that_cannot_serve_says_so_and_ends(processes: Processes) -> None:
    made = processes
    authority = Authority()
    file = authority.issue(made.folder / "a.pem", "podium.localhost")
    other = authority.issue(made.folder / "b.pem", "podium.localhost")
    made.extra = {
        "PODIUM_BASE_URL": "https://podium.localhost:8080",
        "PODIUM_TLS_CERT": str(file),
        "PODIUM_TLS_KEY": str(other),
    }
    await made.start_proxy()
    assert made.process is not None
    assert await made.process.wait() == 78
    assert "is not the key of the first certificate" in made.log.read_text()
