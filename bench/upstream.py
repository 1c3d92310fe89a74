"""`python -m bench.upstream PORT`: takes uploads, and sends back what a WebSocket sends.

As little as can be: no proxy reads frames, so bytes come back as they are.
"""

import asyncio
import re
import sys
from base64 import b64encode
from hashlib import sha1
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_KEY = re.compile(rb"\r\nsec-websocket-key: *([^\r]+)", re.IGNORECASE)
_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\ntaken"
_SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n"
)


class Work(asyncio.Protocol):
    """One connection: requests one after the other, until one asks for a WebSocket."""

    def __init__(self) -> None:
        self._left = 0
        self._head = b""
        self._echo = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._echo:
            self._transport.write(data)
        elif self._left:
            self._body(len(data))
        else:
            self._head += data
            head, end, rest = self._head.partition(b"\r\n\r\n")
            if end:
                self._head = b""
                self._asked(head, rest)

    def _asked(self, head: bytes, rest: bytes) -> None:
        key = _KEY.search(head)
        if key is not None:
            accept = b64encode(sha1(key[1] + _SALT, usedforsecurity=False).digest())
            self._transport.write(_SWITCHED % accept + rest)
            self._echo = True
            return
        length = _LENGTH.search(head)
        self._left = int(length[1]) if length else 0
        self._body(len(rest))

    def _body(self, count: int) -> None:
        self._left -= count
        if self._left <= 0:
            self._transport.write(_TAKEN)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Work, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
