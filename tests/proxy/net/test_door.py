"""The proxy's end of a door; what every way into a workspace keeps to is in test_inward."""

import asyncio
import ssl
from base64 import b64encode
from pathlib import Path

import pytest

from app.workspaces.doors import certificate
from proxy.core.commands import Way
from proxy.net.dial import UnreachableError
from proxy.net.door import enter
from supervisor.host.door import context_of
from tests.proxy.net.certificates import self_signed
from wire.door import LONGEST

KEY, OTHER = (b64encode(one * 32).decode() for one in (b"k", b"o"))


async def way_of(answer: bytes, tls: ssl.SSLContext) -> tuple[Way, bytes]:
    """Return what comes of a door that answers so, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(UnreachableError) as caught:
        await enter(asyncio.Protocol, f"127.0.0.1:{port}", KEY, 3000)
    server.close()
    return caught.value.way, b"".join(asked)


@pytest.mark.parametrize(
    ("answer", "way"),
    [
        (b"refused\n", Way.REFUSED),
        (b"busy\n", Way.BUSY),
        (b"unknown\n", Way.UNKNOWN),
        (b"something new\n", Way.UNKNOWN),
        (b"", Way.AWAY),
        (b"ok", Way.AWAY),
        (b"x" * (LONGEST + 1), Way.AWAY),
        (b"\xff\n", Way.UNKNOWN),
    ],
)
async def test_the_doors_reasons(answer: bytes, way: Way) -> None:
    found, asked = await way_of(answer, context_of(certificate(KEY)))
    assert found is way
    assert asked.startswith(b"CONNECT 3000 ")


async def test_another_instances_door_is_asked_for_nothing(tmp_path: Path) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*self_signed(tmp_path))
    for tls in (context_of(certificate(OTHER)), other):
        assert await way_of(b"ok\n", tls) == (Way.UNKNOWN, b"")
