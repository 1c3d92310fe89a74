"""Handshakes that do not go on, are none, or come in crowds: others are served meanwhile."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator

import pytest

from tests.proxy.net.test_hostile import MANY, MOST, Hostiles, connections
from tests.proxy.net.test_tls import NAMES, Tls
from tests.proxy.world import request
from tests.waiting import until

HELLO = bytes.fromhex("16030102000100") + b"\1\xfc\3\3" + bytes(40)
"""The beginning of a handshake."""


@pytest.fixture
async def tls() -> AsyncIterator[Tls]:
    made = await Tls.begin(connections=MOST)
    try:
        yield made
    finally:
        await made.stop()


async def answered(tls: Tls, name: str = NAMES[0]) -> bool:
    """Whether a new connection is served."""
    reader, writer = await tls.open(name)
    writer.write(request("/.podium/healthz", name, headers={"Connection": "close"}))
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("says", [b"", HELLO], ids=["nothing", "half a hello"])
async def test_handshakes_that_do_not_go_on_push_out_each_other(tls: Tls, says: bytes) -> None:
    hostiles = Hostiles(tls.port)
    try:
        for number in range(MANY):
            await hostiles.come(says)
            if number % 12 == 0:
                assert await answered(tls)
        assert await connections(tls, "handshake") <= MOST
    finally:
        await hostiles.leave()
    await until(lambda: nothing_left(tls))


async def nothing_left(tls: Tls) -> bool:
    """Whether only the connection is there that the test keeps for questions of its own."""
    return await connections(tls, "handshake") == 0 and await connections(tls, "browser") <= 1


@pytest.mark.parametrize(
    "says",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00" * 5000,
        b"\x16\x03\x01\xff\xff" + b"x" * 70_000,
        b"\x15\x03\x01\x00\x02\x02\x28",
        HELLO[:6],
    ],
    ids=["http", "zeros", "a record too large", "an alert", "the end"],
)
async def test_what_is_no_handshake_ends(tls: Tls, says: bytes) -> None:
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", tls.port)
        writer.write(says)
        if says == HELLO[:6]:
            writer.write_eof()
        with_alert = await _rest(reader)
        assert b"HTTP/1.1 200" not in with_alert
        writer.close()
    assert await answered(tls)
    await until(lambda: nothing_left(tls))


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_nobody_negotiates_anew(tls: Tls) -> None:
    def ask() -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{tls.port}", "-tls1_2"],
            input=b"R\n",
            capture_output=True,
            check=False,
            timeout=30,
        )

    said = await asyncio.to_thread(ask)
    assert b"RENEGOTIATING" in said.stdout + said.stderr
    assert b"no renegotiation" in said.stderr
    assert await answered(tls)


async def test_names_that_nobody_has_cost_a_handshake_and_no_more(tls: Tls) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for number in range(60):
        _reader, writer = await asyncio.open_connection(
            "127.0.0.1", tls.port, ssl=context, server_hostname=f"n{number}.{'x' * 60}.example"
        )
        writer.transport.abort()
    assert await answered(tls)
    await until(lambda: nothing_left(tls))
