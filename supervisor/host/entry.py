"""Brings connections that are meant for the platform from inside the workspace to the proxy.

A greeting with the instance's key goes first, so that the proxy knows whose they are;
the host's network stays closed, since the way out is the proxy's unix socket.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable

from supervisor.core.entry import Side, whose
from wire.agent import Desired
from wire.names import OWN_MARK, Names, greet

SILENCE = 0.3
"""Seconds after which who connects to ::1 and says nothing is taken for the person's."""
PIECE = 262_144
_RESET = struct.pack("ii", 1, 0)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Entry:
    """Two listeners: what was sent to the gateway, and what was sent to ::1."""

    def __init__(self, names: Names, proxy: str, desired: Callable[[], Desired | None]) -> None:
        self._names = names
        self._proxy = proxy
        self._desired = desired
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, port: int) -> None:
        """Serve until cancelled. Raises OSError when the port cannot be had."""
        gateway = await asyncio.start_server(self._from_gateway, "127.0.0.1", port)
        loopback = await asyncio.start_server(self._from_loopback, "::1", port)
        try:
            async with gateway, loopback:
                await asyncio.gather(gateway.serve_forever(), loopback.serve_forever())
        finally:
            for one in self._open:
                one.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _from_gateway(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._hold()
        await self._serve((reader, writer), b"", Side.PLATFORM)

    async def _from_loopback(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._hold()
        begun, side = b"", Side.UNKNOWN
        while side is Side.UNKNOWN:
            try:
                async with asyncio.timeout(SILENCE):
                    more = await reader.read(PIECE)
            except (TimeoutError, OSError):
                more = b""
            begun += more
            side = whose(begun, self._names) if more else Side.PERSON
        await self._serve((reader, writer), begun, side)

    def _hold(self) -> None:
        """Keep the connection's task: the loop alone may forget one whose ends are both silent."""
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, client: Stream, begun: bytes, side: Side) -> None:
        try:
            opened = await (self._to_proxy() if side is Side.PLATFORM else self._to_person())
        except OSError:
            _refuse(client[1])
            return
        opened[1].write(begun)
        await _relay(client, opened)

    async def _to_proxy(self) -> Stream:
        desired = self._desired()
        if desired is None or not desired.key:
            raise ConnectionRefusedError("the server has not told the key yet")
        opened = await asyncio.open_unix_connection(self._proxy)
        address = self._names.address
        opened[1].write(greet(desired.workspace, address, desired.key, time.time()))
        return opened

    async def _to_person(self) -> Stream:
        """Return a connection to the person's own server on the platform's port."""
        places = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
        for family, address in places:
            made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            try:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, OWN_MARK)
                await asyncio.get_running_loop().sock_connect(made, (address, self._names.port))
            except OSError:  # without the mark ::1 would lead here again
                made.close()
                continue
            return await asyncio.open_connection(sock=made)
        raise ConnectionRefusedError("nothing listens")


async def _relay(client: Stream, opened: Stream) -> None:
    """Carry bytes until the other end has said everything, or the client is gone."""
    try:
        async with asyncio.TaskGroup() as group:
            upward = group.create_task(_pump(client[0], opened[1]), name="entry-upward")
            await _pump(opened[0], client[1])
            upward.cancel()
    finally:
        for writer in (client[1], opened[1]):
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()


def _refuse(writer: asyncio.StreamWriter) -> None:
    """End a connection as if nothing had listened, as nearly as that is possible now."""
    connected = writer.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
