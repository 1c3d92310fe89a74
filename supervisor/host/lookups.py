"""Serves lookups on loopback: the platform's own names, and all others from real resolvers."""

import asyncio
from collections.abc import Sequence
from typing import cast

from supervisor.core.lookups import answer, failed
from wire.names import Names

PATIENCE = 1.8
"""Seconds for a resolver; less than the 2 s after which libc asks again."""
MOST_AT_ONCE = 256
_TCP_PATIENCE = 10.0
_RESOLVER_PORT = 53


class Lookups(asyncio.DatagramProtocol):
    """Answers on UDP and TCP; `patience` are the seconds for one resolver on UDP."""

    def __init__(
        self,
        names: Names,
        resolver_port: int = _RESOLVER_PORT,
        *,
        patience: float = PATIENCE,
        tcp_patience: float = _TCP_PATIENCE,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._names = names
        self._port = resolver_port
        self._patience = patience
        self._tcp_patience = tcp_patience
        self._most_at_once = most_at_once
        self._transport: asyncio.DatagramTransport | None = None
        self._group: asyncio.TaskGroup | None = None
        self._asked = 0

    async def run(self, port: int) -> None:
        """Serve until cancelled. Raises OSError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        where = ("127.0.0.1", port)
        transport, _self = await loop.create_datagram_endpoint(lambda: self, local_addr=where)
        try:
            server = await asyncio.start_server(self._converse, *where)
            async with server, asyncio.TaskGroup() as self._group:
                await server.serve_forever()
        finally:
            transport.close()

    # --- UDP ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # the loop's own class is no subclass, but has the same methods
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, query: bytes, client: tuple[str, int]) -> None:
        own = answer(query, self._names)
        if own is not None:
            self._reply(own, client)
        elif self._group is not None and self._asked < self._most_at_once:
            self._asked += 1
            self._group.create_task(self._pass_on(query, client), name="lookup")

    def error_received(self, _error: Exception) -> None:
        """Ignore that a client has gone before its answer came."""

    def _reply(self, response: bytes, client: tuple[str, int]) -> None:
        if response and self._transport is not None:
            self._transport.sendto(response, client)

    async def _pass_on(self, query: bytes, client: tuple[str, int]) -> None:
        try:
            found = await _ask(query, self._names.resolvers, self._port, self._patience)
            self._reply(found, client)
        finally:
            self._asked -= 1

    # --- TCP ---

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                query = await _message(reader)
                own = answer(query, self._names)
                if own is None:
                    own = await _ask_by_tcp(
                        query, self._names.resolvers, self._port, self._tcp_patience
                    )
                writer.write(len(own).to_bytes(2) + own)
                await writer.drain()
        except (OSError, EOFError, TimeoutError):
            return
        finally:
            writer.close()


class _Question(asyncio.DatagramProtocol):
    def __init__(self, number: bytes) -> None:
        self._number = number
        self.response: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _from: tuple[str, int]) -> None:
        if data[:2] == self._number and not self.response.done():
            self.response.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self.response.done():
            self.response.set_exception(error)


async def _ask(query: bytes, resolvers: Sequence[str], port: int, patience: float) -> bytes:
    """Return the first resolver's response that comes, else one that says so."""
    loop = asyncio.get_running_loop()
    for resolver in resolvers:
        transport = None
        try:
            async with asyncio.timeout(patience):
                transport, question = await loop.create_datagram_endpoint(
                    lambda: _Question(query[:2]), remote_addr=(resolver, port)
                )
                transport.sendto(query)
                return await question.response
        except (OSError, TimeoutError):
            continue
        finally:
            if transport is not None:
                transport.close()
    return failed(query)


async def _ask_by_tcp(query: bytes, resolvers: Sequence[str], port: int, patience: float) -> bytes:
    for resolver in resolvers:
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_connection(resolver, port)
                try:
                    writer.write(len(query).to_bytes(2) + query)
                    return await _message(reader)
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError):
            continue
    return failed(query)


async def _message(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
