"""`python -m bench.sockets`: load by WebSocket, each message sent when the last came back.

The request's head comes on stdin; prints one JSON object when it is over. With `--idle` it
opens that many, says so, and holds them until its stdin is closed.
"""

import asyncio
import json
import struct
import sys
import time
from argparse import ArgumentParser, Namespace
from statistics import quantiles
from typing import cast

import uvloop

_MASK = bytes(4)
"""Changes nothing, so that the generator costs little; nobody but the ends would notice."""


def frame(size: int) -> bytes:
    """Return a binary message as a client sends it."""
    if size < 126:
        return bytes((0x82, 0x80 | size)) + _MASK + bytes(size)
    if size < 65536:
        return bytes((0x82, 0xFE)) + struct.pack("!H", size) + _MASK + bytes(size)
    return bytes((0x82, 0xFF)) + struct.pack("!Q", size) + _MASK + bytes(size)


class Socket(asyncio.Protocol):
    """One WebSocket."""

    def __init__(self, head: bytes, message: bytes) -> None:
        self._head = head
        self._message = message
        self._awaited = 0
        self._began = 0.0
        self._answer = b""
        self.took: list[float] = []
        self.running = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._head)

    def send(self) -> None:
        """Send a message, and the next one when it is back, while `running`."""
        self._awaited = len(self._message)
        self._began = time.perf_counter()
        self._transport.write(self._message)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self._answer += data
            if b"\r\n\r\n" in self._answer:
                if self._answer.startswith(b"HTTP/1.1 101"):
                    self.opened.set_result(None)
                else:
                    self.opened.set_exception(RuntimeError(self._answer[:200].decode("latin-1")))
            return
        self._awaited -= len(data)
        if self._awaited == 0:
            self.took.append(time.perf_counter() - self._began)
            if self.running:
                self.send()

    def close(self) -> None:
        """Close at once."""
        self._transport.abort()


async def _open(arguments: Namespace, count: int, head: bytes, message: bytes) -> list[Socket]:
    loop, opened = asyncio.get_running_loop(), []
    for _number in range(count):
        _transport, one = await loop.create_connection(
            lambda: Socket(head, message), "127.0.0.1", arguments.port
        )
        await one.opened
        opened.append(one)
    return opened


async def _load(arguments: Namespace, head: bytes) -> None:
    sockets = await _open(arguments, arguments.connections, head, frame(arguments.size))
    began = time.perf_counter()
    for one in sockets:
        one.running = True
        one.send()
    await asyncio.sleep(arguments.seconds)
    took = [each for one in sockets for each in one.took]
    lasted = time.perf_counter() - began
    for one in sockets:
        one.close()
    print(
        json.dumps(
            {"requests": len(took), "seconds": lasted, "p99": quantiles(took, n=100)[-1] * 1e3}
        )
    )


async def _hold(arguments: Namespace, head: bytes) -> None:
    sockets = await _open(arguments, arguments.idle, head, b"")
    print(json.dumps({"open": len(sockets)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for one in sockets:
        one.close()


def main() -> None:
    """Read the wish, and do it."""
    parser = ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--idle", type=int, default=0)
    arguments = parser.parse_args()
    lines = []
    while (line := sys.stdin.readline()).strip():
        lines.append(line.strip())
    head = "\r\n".join([*lines, "", ""]).encode()
    uvloop.run(_hold(arguments, head) if arguments.idle else _load(arguments, head))


if __name__ == "__main__":
    main()
