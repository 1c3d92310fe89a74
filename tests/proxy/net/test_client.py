"""Real bytes through a real proxy: HTTP of every shape, both ways."""

import asyncio
import io
import json

import pytest

from tests.proxy.net.whole import DASHBOARD, SELF_FETCH, Whole, echoed
from tests.proxy.world import IDE, OPEN_PORT, PORT, request
from tests.waiting import until

MEGABYTES = b"podium!!" * 1_310_720


async def test_a_request_reaches_user_code_without_our_cookies(whole: Whole) -> None:
    cookies = {"Cookie": whole.ports()["Cookie"] + "; theirs=1"}
    async with whole.get("/a?b=c", PORT, {**SELF_FETCH, **cookies}) as answer:
        seen = await answer.json()
    assert seen["path"] == "/a?b=c"
    assert seen["headers"]["cookie"] == "theirs=1"
    assert seen["headers"]["host"] == PORT
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


async def test_the_dashboard_is_the_servers(whole: Whole) -> None:
    async with whole.get("/x", DASHBOARD, {"Cookie": "podium_a=1", "X-Podium-Proof": "no"}) as got:
        seen = (await got.json())["headers"]
    assert seen["cookie"] == "podium_a=1"
    assert "x-podium-proof" not in seen
    assert seen["x-forwarded-for"] == "127.0.0.1"


async def test_the_supervisor_is_asked_with_a_proof(whole: Whole) -> None:
    path = "/_supervisor/v1/status"
    async with whole.get(path, IDE, {**SELF_FETCH, **whole.ide()}) as answer:
        seen = await answer.json()
    assert seen["headers"]["x-podium-proof"].startswith("v1 ")
    assert whole.node.asked[-1][1] == 22999


@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_both_ways(whole: Whole, chunked: bool) -> None:  # noqa: FBT001 -- a case
    async def parts():
        for at in range(0, len(MEGABYTES), 100_000):
            yield MEGABYTES[at : at + 100_000]

    body = parts() if chunked else io.BytesIO(MEGABYTES)
    async with whole.ask("POST", "/post", OPEN_PORT, data=body) as answer:
        assert await answer.read() == MEGABYTES


async def test_ten_megabytes_both_ways_through_a_websocket(whole: Whole) -> None:
    async with whole.socket(OPEN_PORT) as live:
        assert await echoed(live, MEGABYTES)
        assert await echoed(live, "and text")


async def test_a_slow_client_stops_the_upstream(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/stream", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    app = whole.code
    seen = [-1]

    async def still() -> bool:
        seen.append(app.written)
        return seen[-1] == seen[-2] > 0

    await until(still, pause=0.2)
    assert app.written < 40_000_000, "what nobody reads is not gathered"
    writer.transport.abort()
    await until(lambda: not app.streams)


async def test_keep_alive_connections_are_used_again_on_both_sides(whole: Whole) -> None:
    reader, writer = await whole.raw()
    before = len(whole.node.asked)
    for _ in range(3):
        writer.write(request("/post", OPEN_PORT))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
    assert len(whole.node.asked) - before <= 1
    writer.close()


async def test_head_and_empty_answers_leave_the_connection_usable(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/big?n=5000", OPEN_PORT, "HEAD") + request("/post", OPEN_PORT))
    first = await reader.readuntil(b"\r\n\r\n")
    assert b"content-length: 5000" in first
    second = await reader.readuntil(b"\r\n\r\n")
    assert second.startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_client_may_wait_for_100_continue(whole: Whole) -> None:
    reader, writer = await whole.raw()
    head = {"Expect": "100-continue", "Content-Length": "5"}
    writer.write(request("/post", OPEN_PORT, "POST", head))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"hello")
    await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(5) == b"hello"
    writer.close()


async def test_a_refused_upload_still_sees_its_answer(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/", IDE, "POST", {"Content-Length": "10000000"}))
    writer.write(b"x" * 300_000)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 401")
    writer.close()


async def test_our_names_are_refused_from_user_code(whole: Whole) -> None:
    async with whole.get("/cookie", OPEN_PORT) as answer:
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers
        assert "X-Podium-A" not in answer.headers


async def test_a_closed_port_says_so_to_people_and_programs(whole: Whole) -> None:
    closed = PORT.replace("3000-", "3999-")
    tab = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    async with whole.get("/", closed, {**tab, **whole.ports()}) as answer:
        assert answer.status == 502
        assert "Nothing listens on port 3999" in await answer.text()
    async with whole.get("/", closed, {**SELF_FETCH, **whole.ports()}) as answer:
        assert json.loads(await answer.read())["code"] == "port_closed"


async def test_a_kept_connection_that_died_is_replaced(whole: Whole) -> None:
    async with whole.get("/a", DASHBOARD) as answer:
        assert answer.status == 200
    await whole.public.close()
    async with whole.get("/a", DASHBOARD) as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "2"
    whole.public = await type(whole.public).on_unix(str(whole.layout.public_socket))

    async def back() -> bool:
        async with whole.get("/a", DASHBOARD) as answer:
            return answer.status == 200

    await until(back)


async def test_every_request_leaves_a_line_without_secrets(whole: Whole) -> None:
    async with whole.get("/a?token=hush&x=1", DASHBOARD) as answer:
        assert answer.status == 200
    await until(lambda: b"/a?token=" in whole.lines.getvalue())
    assert b"hush" not in whole.lines.getvalue()
    line = json.loads(whole.lines.getvalue().splitlines()[-1])
    assert (line["method"], line["status"], line["host"]) == ("GET", 200, DASHBOARD)


async def test_a_client_that_goes_ends_what_it_asked_for(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/stream", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    assert whole.code.streams
    writer.close()
    await until(lambda: not whole.code.streams)


async def test_many_at_once(whole: Whole) -> None:
    async def one(number: int) -> bool:
        async with whole.get(f"/big?n={number * 1000}", OPEN_PORT) as answer:
            return len(await answer.read()) == number * 1000

    assert all(await asyncio.gather(*(one(number) for number in range(1, 101))))


async def test_a_client_that_ends_its_side_gets_its_answer(whole: Whole) -> None:
    reader, writer = await whole.raw()
    writer.write(request("/post", OPEN_PORT, "POST", {}, b"hello"))
    writer.write_eof()
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\nhello")
    writer.close()
