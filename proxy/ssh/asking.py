"""The gateway's questions to the server, over its internal listener."""

from typing import TypeVar

import aiohttp
import msgspec

from wire.problems import Problem
from wire.ssh import (
    AUTHENTICATE_PATH,
    ENTER_PATH,
    HELD_PATH,
    Authenticate,
    Enter,
    Entry,
    Held,
    HeldAll,
    Known,
    Void,
)

TIMEOUT = 30.0
"""Seconds; longer than the server waits for news."""
_Answer = TypeVar("_Answer", Known, Entry, Void)


class Refused(Exception):
    """The server says no; the problem is for the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class Away(Exception):
    """The server does not answer."""


class Server:
    """Talks to the internal listener; keeps its connections."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._session: aiohttp.ClientSession | None = None

    async def authenticate(self, asked: Authenticate) -> Known | None:
        """Return who shows this, None when nobody is known by it; raises Away."""
        try:
            return await self._ask(AUTHENTICATE_PATH, asked, Known)
        except Refused:
            return None

    async def enter(self, asked: Enter) -> Entry:
        """Return where the workspace stands, once that is news; raises Refused and Away."""
        return await self._ask(ENTER_PATH, asked, Entry)

    async def held(self, held: list[Held]) -> dict[int, str]:
        """Return what has to end, and why; raises Away."""
        try:
            return (await self._ask(HELD_PATH, HeldAll(held=held), Void)).void
        except Refused as error:
            raise Away(str(error)) from error

    async def _ask(self, path: str, asked: msgspec.Struct, answer: type[_Answer]) -> _Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(self._path),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                headers={"content-type": "application/json"},
            )
        body = msgspec.json.encode(asked)
        try:
            async with self._session.post(f"http://server{path}", data=body) as reply:
                status, content = reply.status, await reply.read()
            if status == 200:
                return msgspec.json.decode(content, type=answer)
            if status >= 500:
                raise Away(f"status {status}")
            raise Refused(msgspec.json.decode(content, type=Problem))
        except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError) as error:
            raise Away(type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections to the server."""
        if self._session is not None:
            await self._session.close()
