"""Upstreams that misbehave over real sockets; and that none of them can answer another request."""

import asyncio
import socket
import struct

from tests.proxy.hostile import (
    Misbehaving,
    RequestJudge,
    ResponseJudge,
    misbehaving_upstreams,
)
from tests.proxy.net.whole import INSTANCE, Whole
from tests.proxy.world import OPEN_PORT, request

NEXT = request("/next", OPEN_PORT)
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: close with a reset."""


class Liar:
    """Says what its row says to the first request, and behaves to those that follow."""

    def __init__(self) -> None:
        self.row: Misbehaving | None = None
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        judge = RequestJudge()
        while data := await reader.read(65536):
            if not judge.feed(data):
                continue
            row, self.row = self.row, None
            if row is None:
                writer.write(LAST)
                break
            if not await self._misbehave(row, writer):
                break
        writer.close()

    async def _misbehave(self, row: Misbehaving, writer: asyncio.StreamWriter) -> bool:
        """Tell whether the connection goes on."""
        writer.transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        for piece in row.says:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), 60)
        if row.ends == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()
        return not row.ends


async def differences(whole: Whole, liar: Liar, row: Misbehaving) -> dict[str, object]:
    """What is not as the row says."""
    reader, writer = await whole.raw()
    liar.row, liar.connections = row, 0
    writer.write(row.request)
    found: dict[str, object] = {}
    judge = ResponseJudge()
    if row.asked == "HEAD":
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
    else:
        while not judge.whole and (data := await reader.read(65536)):
            judge.feed(data)
        status = judge.statuses[-1] if judge.statuses else judge.begun
        if judge.whole is row.cut:
            found["whole"] = judge.whole
        # a reset may overtake what was sent before it
        if row.status != 502 and row.ends != "reset" and judge.body != row.body:
            found["body"] = judge.body
    if status != row.status and row.ends != "reset":
        found["status"] = status
    writer.close()
    liar.row = None
    reader, writer = await whole.raw()
    writer.write(NEXT)
    judge = ResponseJudge()
    while not judge.whole and (data := await reader.read(65536)):
        judge.feed(data)
    if (judge.statuses, judge.body) != ([200], b"ok"):
        found["next"] = (judge.statuses, judge.body)
    if (liar.connections == 1) is not row.kept:
        found["connections"] = liar.connections
    writer.close()
    return found


async def test_every_row_ends_as_it_says(whole: Whole) -> None:
    liar = Liar()
    server = await asyncio.start_server(liar.serve, "127.0.0.1", 0)
    whole.node.ports[INSTANCE, 4000] = server.sockets[0].getsockname()[1]
    found = {}
    for row in misbehaving_upstreams():
        async with asyncio.timeout(60):
            if wrong := await differences(whole, liar, row):
                found[row.name] = wrong
    server.close()
    assert found == {}
