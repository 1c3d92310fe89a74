"""The one way out of restic's box: to the object store, and nowhere else.

The box has a network of its own with nothing in it. There a socket listens where the store
would be; whoever started the box stays outside, takes what comes in at that socket and leads
it to the store. The same one sees when the store is away or says nothing any more: then it
tells so, and ends the box.
"""

import asyncio
import os
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Any, Final

LOOPBACK: Final = "127.0.0.1"
_CHUNK: Final = 1 << 16
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, None)
"""Seconds between tries to connect."""
_LEAST_TURN: Final = 0.05
_KNOWN_FOR: Final = 60.0
"""Seconds."""
_FAMILY: Final = socket.AF_INET


def listen_inside(channel: socket.socket, store: dict[str, Any]) -> None:
    """Listen where the store would be, in this process's own network; give the socket away."""
    address = address_inside(store["place"]["host"])
    lines = ["link set lo up"]
    if not IPv4Address(address).is_loopback:
        lines.append(f"address add {address}/32 dev lo")
    subprocess.run(
        ["/usr/bin/env", "ip", "-batch", "-"], input="\n".join(lines), text=True, check=True
    )
    with socket.create_server(
        (address, store["place"]["port"]), family=_FAMILY, backlog=64
    ) as listener:
        socket.send_fds(channel, [b"l"], [listener.fileno()])
    channel.close()


def address_inside(host: str) -> str:
    """Return where the store seems to be, inside."""
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        return LOOPBACK


def names_inside(host: str, region: str) -> list[str]:
    """Return the names of the store: restic asks Amazon's by the one of the region."""
    if not host.endswith("amazonaws.com"):
        return [host]
    return [host, f"s3.{region}.amazonaws.com", f"s3.dualstack.{region}.amazonaws.com"]


def serve(channel: socket.socket, store: dict[str, Any], pid: int) -> str:
    """Lead connections until the process ends; returns why the store is of no use, or ""."""
    data, descriptors, _flags, _address = socket.recv_fds(channel, 1, 1)
    channel.close()
    if not data or not descriptors:
        return ""  # it ended before it had begun; its last words tell why
    with socket.socket(fileno=descriptors[0]) as listener:
        return asyncio.run(_serve(listener, store, pid))


async def _serve(listener: socket.socket, store: dict[str, Any], pid: int) -> str:
    gate = Gate(store["place"]["host"], store["place"]["port"], store["patience"])
    ended = os.pidfd_open(pid)
    loop = asyncio.get_running_loop()
    loop.add_reader(ended, gate.end, "")
    try:
        server = await asyncio.start_server(gate.lead, sock=listener)
        watch = loop.create_task(gate.watch())
        try:
            return await gate.ended
        finally:
            watch.cancel()
            server.close()
    finally:
        loop.remove_reader(ended)
        os.close(ended)


@dataclass(eq=False)
class _Line:
    """A connection through the gate."""

    moved: float
    asked: bool = False
    """Whether what went through last went to the store: it has an answer to give."""
    writers: tuple[asyncio.StreamWriter, ...] = ()

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Gate:
    """Leads connections to one address; `ended` becomes why it can do so no longer."""

    def __init__(self, host: str, port: int, patience: float) -> None:
        self._host, self._port, self._patience = host, port, patience
        self._lines: set[_Line] = set()
        self._addresses: list[str] = []
        self._asked = 0.0
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[str] = self._loop.create_future()

    def end(self, why: str) -> None:
        """Let it be over."""
        if not self.ended.done():
            self.ended.set_result(why)

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lead one connection."""
        try:
            outside = await self._connect()
        except OSError as error:
            writer.transport.abort()
            self.end(f"store: unreachable: {self._host}:{self._port}: {told(error)}")
            return
        line = _Line(self._loop.time(), writers=(writer, outside[1]))
        self._lines.add(line)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._copy(line, reader, outside[1], asked=True))
                group.create_task(self._copy(line, outside[0], writer, asked=False))
        except* OSError:
            pass  # one side has gone; the other is told by the end of its connection
        finally:
            self._lines.discard(line)
            line.cut()

    async def watch(self) -> None:
        """End what is silent: a store that has an answer to give is of no use, others are idle."""
        while True:
            await asyncio.sleep(max(self._patience / 10, _LEAST_TURN))
            late = self._loop.time() - self._patience
            for line in [one for one in self._lines if one.moved < late]:
                if line.asked:
                    self.end(
                        f"store: stalled: {self._host}:{self._port} has said nothing"
                        f" for {self._patience:g} s"
                    )
                line.cut()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for attempt, pause in enumerate(_PAUSES):
            try:
                address = self._address(attempt)
                async with asyncio.timeout(self._patience):
                    return await asyncio.open_connection(address, self._port, family=_FAMILY)
            except OSError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError

    def _address(self, attempt: int) -> str:
        """Return where the store is now, another one of several at each attempt. Raises OSError.

        Asked here, while the loop waits: its own way takes a thread, and who has begun a
        namespace of processes can have none. The answer counts for a while.
        """
        if not self._addresses or self._loop.time() - self._asked > _KNOWN_FOR:
            found = socket.getaddrinfo(self._host, self._port, _FAMILY, socket.SOCK_STREAM)
            self._addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
            self._asked = self._loop.time()
        return self._addresses[attempt % len(self._addresses)]

    async def _copy(
        self,
        line: _Line,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        asked: bool,
    ) -> None:
        while data := await reader.read(_CHUNK):
            line.moved, line.asked = self._loop.time(), asked
            writer.write(data)
            await writer.drain()
            line.moved = self._loop.time()
        with suppress(OSError):
            writer.write_eof()


def told(error: OSError) -> str:
    """Return what happened, without addresses of Python's."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
