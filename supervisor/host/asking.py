"""Questions to the server that are no state: one HTTP request each, on the agent listener."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from supervisor.host.outward import Outward
from supervisor.host.processes import Account
from supervisor.host.sockets import bind

SECONDS = 10.0
"""Until there must be an answer: git and ssh wait for it."""
LARGEST = 64 * 1024
LARGEST_ANSWER = 2**20
"""Bytes of a head, or of a refusal; and of an answer."""


class NotGiven(Exception):
    """The server gives nothing; `status` is why: 403 not trusted, 404 not there, 0 silent.

    `detail` is what it says to people, where it says something.
    """

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.detail = detail


class Asking:
    """Asks with the instance's token."""

    def __init__(self, server: Outward, token: str) -> None:
        self._server = server
        self._token = token

    async def ask(self, target: str, question: msgspec.Struct | None = None) -> bytes:
        """Return the answer's document; raises NotGiven."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._ask(target, msgspec.json.encode(question))
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            raise NotGiven(0) from error

    async def _ask(self, target: str, body: bytes) -> bytes:
        reader, writer = await self._server.open(LARGEST)
        try:
            head = (
                f"POST {target} HTTP/1.1\r\nHost: {self._server.host}\r\nConnection: close\r\n"
                f"Authorization: Bearer {self._token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            if status != 200:
                length = min(int(fields.get("content-length", "0")), LARGEST)
                raise NotGiven(status, _detail(await reader.readexactly(length)))
            return await reader.readexactly(min(int(fields["content-length"]), LARGEST_ANSWER))
        except (KeyError, IndexError, asyncio.LimitOverrunError) as error:
            raise ValueError("no answer of HTTP") from error
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


def _detail(problem: bytes) -> str:
    """Return the words of a problem document, empty when it is none."""
    try:
        said = msgspec.json.decode(problem, type=_Problem)
    except msgspec.DecodeError:
        return ""
    return said.detail or said.title


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listen(path: str, account: Account, serve: Serve) -> asyncio.Server:
    """Listen on a unix socket that is the person's alone, instead of an earlier process."""
    return await asyncio.start_unix_server(serve, sock=bind(path, account))
