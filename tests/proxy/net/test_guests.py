"""Whoever came without an account is cut when the right ends: strangers of a public port, and
guests with a share link; downloads, server-sent events, uploads and WebSockets alike.
"""

import asyncio
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import OPEN_PORT, PORT, SHARE_TOKEN, make_route, request
from tests.waiting import until
from wire.routes import Put
from wire.shares import SHARE_PATH


def put(seq: int = 2, **changes) -> Put:
    return Put(epoch="e1", seq=seq, route=make_route(**{"version": seq + 4, **changes}))


WAYS = {"download": "/stream", "events": "/events", "upload": "/post"}


async def begun(
    whole: Whole, host: str, way: str, cookie: dict[str, str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Begin something that lasts, and wait until the server in the workspace has it."""
    reader, writer = await whole.raw()
    headers = {**SELF_FETCH, **cookie}
    if way == "upload":
        asked = len(whole.node.asked)
        writer.write(request(WAYS[way], host, "POST", {**headers, "Content-Length": "9"}) + b"one")
        await until(lambda: len(whole.node.asked) > asked)
        return reader, writer
    writer.write(request(WAYS[way], host, headers=headers))
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(10)
    return reader, writer


async def cut(reader: asyncio.StreamReader) -> bool:
    """Whether the connection was closed before its response was whole."""
    try:
        rest = await reader.read()
    except ConnectionResetError:
        return True
    return not rest.endswith(b"0\r\n\r\n") and b"200 OK" not in rest


@pytest.mark.parametrize("way", WAYS)
async def test_a_port_made_private_cuts_whatever_strangers_have_open(
    whole: Whole, way: str
) -> None:
    """WebSockets: tests/proxy/net/test_gateway.py."""
    stranger, one = await begun(whole, OPEN_PORT, way, {})
    owner, other = await begun(whole, OPEN_PORT, way, {})
    await whole.internal.tell(put(ports={}))
    assert await cut(stranger)
    assert await cut(owner), "whoever came without a credential, whoever they are"
    assert whole.code is not None
    code = whole.code
    await until(lambda: code.streams == 0)
    for writer in (one, other):
        writer.transport.abort()


async def test_a_port_made_private_leaves_the_owner_alone(whole: Whole) -> None:
    """Who holds the grant came to a private port: what happens to strangers is not theirs."""
    async with whole.socket(PORT, whole.ports()) as owner:
        await whole.internal.tell(put(ports={}))
        assert await echoed(owner, "hello")


@pytest.mark.parametrize("way", WAYS)
async def test_a_revoked_link_cuts_whatever_its_guests_have_open(whole: Whole, way: str) -> None:
    await whole.internal.tell(put(shares=whole.shares()))
    await until(lambda: admitted(whole))
    guest, writer = await begun(whole, PORT, way, whole.guest())
    await whole.internal.tell(put(3))
    assert await cut(guest)
    assert not await admitted(whole)
    writer.transport.abort()


async def admitted(whole: Whole) -> bool:
    async with whole.get("/", PORT, {**SELF_FETCH, **whole.guest()}) as answer:
        return answer.status == 200


async def test_a_guests_socket_ends_with_the_link_and_the_owners_does_not(whole: Whole) -> None:
    await whole.internal.tell(put(shares=whole.shares()))
    await until(lambda: admitted(whole))
    async with (
        whole.socket(PORT, whole.guest()) as guest,
        whole.socket(PORT, whole.ports()) as owner,
    ):
        assert await echoed(guest, "hello")
        await whole.internal.tell(put(3))
        with pytest.raises(ConnectionClosed):
            await guest.recv()
        assert await echoed(owner, "hello")


async def test_a_guests_socket_ends_when_its_time_has_passed(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while no server is there to say so."""
    await whole.internal.tell(put(shares=whole.shares(3600)))
    await until(lambda: admitted(whole))
    clock = time.time
    async with (
        whole.socket(PORT, whole.guest(3600)) as guest,
        whole.socket(PORT, whole.ports()) as owner,
    ):
        assert await echoed(guest, "hello")
        await whole.internal.stop()
        monkeypatch.setattr(time, "time", lambda: clock() + 3600)
        with pytest.raises(ConnectionClosed):
            await guest.recv()
        assert await echoed(owner, "hello")


async def test_a_guest_goes_on_through_a_restart_of_the_server_and_of_the_proxy(
    whole: Whole,
) -> None:
    await whole.internal.tell(put(shares=whole.shares()))
    await until(lambda: admitted(whole))
    await until(lambda: b"ps_" in (Path(whole.layout.proxy_home) / "routes.jsonl").read_bytes())
    await whole.internal.stop()
    assert await admitted(whole)
    await whole.stop_proxy()
    await whole.start_proxy()
    assert await admitted(whole)


async def test_a_guest_is_let_in_through_the_whole_proxy(whole: Whole) -> None:
    await whole.internal.tell(put(shares=whole.shares()))
    await until(lambda: admitted(whole))
    given = whole.guest()["Cookie"].partition("=")[2]
    whole.internal.share = lambda body: (
        (200, {"grant": given, "expires": 2_000_000_000})
        if body["password"] == "correct horse"
        else (403, {"code": "share_password", "title": "This link asks for a password"})
    )
    headers = {**SELF_FETCH, "Origin": f"http://{PORT}", "Sec-Fetch-Mode": "navigate"}
    form = {"token": SHARE_TOKEN}
    async with whole.ask("POST", SHARE_PATH, PORT, headers, data=form) as answer:
        assert answer.status == 401
    form["password"] = "correct horse"
    async with whole.ask("POST", SHARE_PATH, PORT, headers, data=form) as answer:
        assert (answer.status, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].partition(";")[0]
    async with whole.get("/x", PORT, {**SELF_FETCH, "Cookie": cookie}) as answer:
        seen = await answer.json()
    assert "cookie" not in seen["headers"]
    await whole.internal.stop()
    async with whole.ask("POST", SHARE_PATH, PORT, headers, data=form) as answer:
        assert answer.status == 503
    await whole.stop_proxy()
    lines = whole.lines.getvalue().decode()
    assert SHARE_PATH in lines
    for secret in (SHARE_TOKEN, "correct", given):
        assert secret not in lines
