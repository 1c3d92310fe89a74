import asyncio
from base64 import b64encode

import pytest
from aiohttp import web
from yarl import URL

from kit.oci.asking import Asking, joined, read
from kit.oci.core.failures import Unavailable
from kit.oci.core.reach import Reach
from kit.oci.core.refusals import Refused
from tests.kit.oci.conftest import LONG, LOOPBACK, SHORT
from tests.kit.oci.registryhost import RegistryHost


@pytest.fixture
async def asking():
    made = Asking(Reach(LOOPBACK), LONG)
    yield made
    await made.close()


@pytest.fixture
async def hasty():
    made = Asking(Reach(LOOPBACK), SHORT)
    yield made
    await made.close()


def url(host: RegistryHost, path: str = "/x") -> URL:
    return URL(f"http://{host.host}{path}")


async def get(asking: Asking, where: URL, **more: object) -> bytes:
    async with asking.ask("GET", where, {"Authorization": "secret"}, **more) as response:
        return await read(response, 1000, asking.patience)


def leads(where: str, until_path: str = "/end"):
    async def lie(request: web.Request) -> web.StreamResponse:
        if request.path == until_path:
            return web.Response(text="here")
        return web.Response(status=307, headers={"Location": where})

    return lie


async def test_it_follows_to_another_host_without_the_password(
    asking: Asking, host: RegistryHost, other: RegistryHost
) -> None:
    host.lie, other.lie = leads(f"http://{other.host}/end"), leads("/end")
    assert await get(asking, url(host)) == b"here"
    assert host.headers[0]["Authorization"] == "secret"
    assert "Authorization" not in other.headers[0]


async def test_it_keeps_the_password_at_the_same_host(asking: Asking, host: RegistryHost) -> None:
    host.lie = leads("/end")
    assert await get(asking, url(host)) == b"here"
    assert host.headers[1]["Authorization"] == "secret"


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("/again", "leads on more than"),
        ("http://169.254.169.254/latest/meta-data", "without encryption"),
        ("https://169.254.169.254/latest/meta-data", "not asked at"),
        ("https://10.0.0.1/", "not asked at"),
        ("https://[::ffff:10.0.0.1]/", "not asked at"),
        ("http://example.org/", "without encryption"),
        ("file:///etc/passwd", "no address"),
        ("https://user:pw@example.org/", "no address"),
        ("gopher://x/", "no address"),
        ("https://[::1", "no address"),
    ],
)
async def test_where_it_does_not_follow(
    asking: Asking, host: RegistryHost, where: str, why: str
) -> None:
    host.lie = leads(where)
    with pytest.raises(Refused, match=why):
        await get(asking, url(host))


async def test_the_outside_leads_nowhere_inside(asking: Asking, host: RegistryHost) -> None:
    # who named this address is at one of everybody's
    with pytest.raises(Refused, match="not asked at"):
        await get(asking, url(host), led_by=URL("http://8.8.8.8/"))
    assert not host.asked


async def test_a_name_is_not_asked_where_it_must_not_be(host: RegistryHost) -> None:
    asking = Asking(Reach(), LONG)
    for name in ("localhost", "127.0.0.1"):
        with pytest.raises(Refused, match=r"localhost is at|not asked at"):
            await get(asking, URL(f"http://{name}:{host.port}/"))
    await asking.close()
    assert not host.asked


async def test_silence_is_not_waited_for(hasty: Asking, host: RegistryHost) -> None:
    ended = asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse:
        await ended.wait()
        return web.Response()

    host.lie = lie
    with pytest.raises(Unavailable, match="says nothing"):
        await get(hasty, url(host))
    ended.set()


async def test_a_body_that_stalls_or_drips(hasty: Asking, host: RegistryHost) -> None:
    ended = asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        while request.path == "/drip" and request.transport is not None:
            await response.write(b"x")
            try:
                await asyncio.wait_for(ended.wait(), 0.05)
            except TimeoutError:
                continue
        await response.write(b"begun")
        await ended.wait()
        return response

    host.lie = lie
    for path, why in (("/stall", "says nothing"), ("/drip", "bytes in")):
        with pytest.raises(Unavailable, match=why):
            await get(hasty, url(host, path))
    ended.set()


async def test_an_endless_body_is_not_kept(asking: Asking, host: RegistryHost) -> None:
    async def lie(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while request.transport is not None:
            await response.write(b"x" * 10_000)
        return response

    host.lie = lie
    with pytest.raises(Refused, match="more than 1000 bytes"):
        await get(asking, url(host))


async def test_what_breaks_off_and_what_is_no_http(asking: Asking, host: RegistryHost) -> None:
    async def lie(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"some")
        assert request.transport is not None
        request.transport.close()
        return response

    host.lie = lie
    with pytest.raises(Unavailable, match="broke off"):
        await get(asking, url(host))

    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Unavailable, match=r"cannot be understood|broke off"):
        await get(asking, URL(f"http://127.0.0.1:{port}/"))
    server.close()
    await server.wait_closed()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await get(asking, URL(f"http://127.0.0.1:{port}/"))


def test_where_a_location_leads() -> None:
    base = URL("http://127.0.0.1:5000/v2/a/")
    assert str(joined(base, "/x?sig=a%2Fb")) == "http://127.0.0.1:5000/x?sig=a%2Fb"
    assert str(joined(base, "https://cdn.org/y")) == "https://cdn.org/y"


class Proxy:
    """An HTTP proxy that notes what it is asked for, and leads nowhere."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.partition(" HTTP/")[0])
        fields = [line for line in head.split("\r\n") if line.startswith("Proxy-Authorization")]
        self.shown += fields
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        writer.close()


async def test_the_outside_is_asked_through_a_proxy_and_the_inside_is_not(
    host: RegistryHost,
) -> None:
    """Also under a name that nobody here knows, and where the proxy's own address is private."""
    proxy = Proxy()
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        asking = Asking(Reach(LOOPBACK), LONG, f"http://ada:secret@127.0.0.1:{port}")
        for name in ("registry.invalid", "8.8.8.8"):
            with pytest.raises(Unavailable) as refused:
                await get(asking, URL(f"https://{name}/v2/"))
            assert "secret" not in str(refused.value)
        assert proxy.asked == ["CONNECT registry.invalid:443", "CONNECT 8.8.8.8:443"]
        assert (
            proxy.shown == [f"Proxy-Authorization: Basic {b64encode(b'ada:secret').decode()}"] * 2
        )
        host.lie = leads("/end")
        assert await get(asking, url(host)) == b"here"
        with pytest.raises(Refused):
            await get(asking, URL("https://10.0.0.1/v2/"))
        assert len(proxy.asked) == 2
        await asking.close()
