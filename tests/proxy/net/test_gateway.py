"""What concerns every client at once: rights that end, time that passes, the last breath."""

import asyncio
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from proxy.core import patience
from proxy.core.table import STALE_AFTER
from proxy.net.gateway import MOST_ENTRIES
from tests.proxy.net.whole import DASHBOARD, INSTANCE, SELF_FETCH, Whole, echoed
from tests.proxy.world import (
    IDE,
    OPEN_PORT,
    OTHER,
    PORT,
    PROOF_KEY,
    TAB,
    WORKSPACE,
    make_route,
    request,
)
from tests.strangers import connect_as
from tests.waiting import until
from wire.names import greet
from wire.phases import Phase
from wire.routes import Del, EndSession, FeedMessage, NodeTarget, Put


def put(**changes) -> Put:
    return Put(epoch="e1", seq=2, route=make_route(**{"version": 6, **changes}))


VOID: list[tuple[str, FeedMessage]] = [
    ("deleted", Del(epoch="e1", seq=2, workspace=WORKSPACE, version=9)),
    ("signed out", EndSession(epoch="e1", seq=2, session="s1", at=2_000_000_000)),
    ("rights were raised", put(auth_epoch=3)),
    ("another owner", put(owner="eve")),
    ("stopped", put(phase=Phase.STOPPED, target=None)),
]


@pytest.mark.parametrize("message", [one for _, one in VOID], ids=[name for name, _ in VOID])
async def test_an_open_socket_ends_with_its_right(whole: Whole, message: FeedMessage) -> None:
    async with whole.socket(IDE, whole.ide()) as live:
        assert await echoed(live, "hello")
        await whole.internal.tell(message)
        with pytest.raises(ConnectionClosed):
            await live.recv()


async def test_a_port_made_private_ends_what_came_unasked(whole: Whole) -> None:
    async with whole.socket(OPEN_PORT) as stranger:
        assert await echoed(stranger, "hello")
        await whole.internal.tell(put(ports={}))
        with pytest.raises(ConnectionClosed):
            await stranger.recv()
    with pytest.raises(InvalidStatus, match="401"):
        await whole.socket(OPEN_PORT)
    async with whole.socket(OPEN_PORT, whole.ports()) as owner:
        assert await echoed(owner, "hello")


async def test_a_download_of_the_dashboard_is_nobodys_workspace(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/stream", DASHBOARD))
    await reader.readuntil(b"\r\n\r\n")
    await whole.internal.tell(EndSession(epoch="e1", seq=2, session="s1", at=2_000_000_000))
    await whole.internal.tell(Del(epoch="e1", seq=3, workspace=WORKSPACE, version=9))
    assert await reader.readexactly(5_000_000)
    writer.transport.abort()


async def test_other_workspaces_are_left_alone(whole: Whole) -> None:
    async with whole.socket(OPEN_PORT) as live:
        await whole.internal.tell(Put(epoch="e1", seq=2, route=make_route(OTHER)))
        await whole.internal.tell(Del(epoch="e1", seq=3, workspace=OTHER, version=9))
        assert await echoed(live, "hello")


async def test_a_new_instance_gets_no_byte_of_an_old_connection(whole: Whole) -> None:
    async with whole.get("/", PORT, {**SELF_FETCH, **whole.ports()}) as answer:
        assert answer.status == 200
    asked = len(whole.node.asked)
    route = make_route(
        version=6, instance=f"{WORKSPACE}.2", target=NodeTarget(instance=f"{WORKSPACE}.2")
    )
    whole.node.ports[f"{WORKSPACE}.2", 3000] = whole.node.ports[INSTANCE, 3000]
    await whole.internal.tell(Put(epoch="e1", seq=2, route=route))

    async def moved() -> bool:
        async with whole.get("/", PORT, {**SELF_FETCH, **whole.ports()}) as answer:
            await answer.read()
        return whole.node.asked[-1][0] == f"{WORKSPACE}.2"

    await until(moved)
    assert len(whole.node.asked) > asked


async def test_who_waits_for_a_start_is_told_by_the_feed(whole: Whole) -> None:
    await whole.internal.tell(put(phase=Phase.CREATING, target=None))
    reader, writer = await whole.raw()
    writer.write(request("/.podium/open", IDE, headers={**TAB, **whole.ide()}))
    # what comes behind it on the same connection waits too
    writer.write(request("/.podium/healthz", IDE))
    for seq, phase in ((3, Phase.INITIALIZING), (4, Phase.RUNNING)):
        route = make_route(version=seq + 4, phase=phase)
        await whole.internal.tell(Put(epoch="e1", seq=seq, route=route))
    assert (await reader.readline()).startswith(b"HTTP/1.1 303")
    await reader.readuntil(b"HTTP/1.1 200")
    writer.close()


async def test_without_a_feed_nothing_stays_public(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = time.monotonic
    async with whole.socket(OPEN_PORT) as stranger:
        assert await echoed(stranger, "hello")
        monkeypatch.setattr(time, "monotonic", lambda: clock() + STALE_AFTER)
        with pytest.raises(ConnectionClosed):
            await stranger.recv()


async def test_an_idle_client_is_let_go(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/post", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + patience.Patience.IDLE.seconds)
    assert await reader.read() == b""
    writer.close()


async def test_what_is_in_work_may_end_when_the_proxy_does(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/post", OPEN_PORT, "POST", {"Content-Length": "5"}) + b"he")
    await until(lambda: whole.node.asked)

    async def port_is_closed() -> bool:
        try:
            _, late = await whole.raw()
        except ConnectionRefusedError:
            return True
        late.close()
        return False

    async with asyncio.TaskGroup() as group:
        group.create_task(whole.stop_proxy(patience.DRAIN))
        await until(port_is_closed)
        writer.write(b"llo")
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"hello")
    writer.close()


async def test_what_does_not_end_is_ended(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/stream", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    await whole.stop_proxy(0.05)
    answer = await reader.read()
    assert not answer.endswith(b"0\r\n\r\n"), "nobody takes it for the whole"
    await until(lambda: b'"/stream"' in whole.lines.getvalue())
    writer.close()


@pytest.mark.root
async def test_a_workspace_takes_no_connections_of_others(whole: Whole) -> None:
    path = str(whole.layout.entry_socket)
    held = []
    try:
        for _ in range(MOST_ENTRIES):
            held.append(connect_as(7, path))
            assert await whole.knows_routes()  # meanwhile it has been accepted
        for slot, ended in ((7, True), (8, False)):
            reader, writer = await asyncio.open_unix_connection(sock=connect_as(slot, path))
            held.append(writer)
            if ended:
                assert await reader.read() == b""
                continue
            writer.write(greet(WORKSPACE, "198.18.0.2", PROOF_KEY, time.time()))
            writer.write(request("/", OPEN_PORT))
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    finally:
        for one in held:
            one.close()
