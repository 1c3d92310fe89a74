"""Waiting for the next change of a workspace, and telling what has become of it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from supervisor.api.endpoint import Call, Endpoint, Who, answers, converses, streams

Look = Callable[[], Any]
"""Returns a document of how things are now."""


class News:
    """Wakes everybody who waits, at every change of anything."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Wake whoever waits now."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, ready: Callable[[], bool]) -> None:
        """Return as soon as it is so, which may be at once."""
        while not ready():
            await self._next.wait()

    async def follow(self, look: Look) -> AsyncGenerator[Any, None]:
        """Yield how things are, and again whenever that differs."""
        told = None
        while True:
            following, document = self._next, look()
            written = msgspec.json.encode(document)
            if written != told:
                told = written
                yield document
            await following.wait()


def told(pattern: str, who: Who, news: News, look: Look) -> list[Endpoint]:
    """Return one thing as a document, as events and as a WebSocket.

    A stream begins with how things are. `<pattern>/observe/true` streams whatever is accepted,
    as it does at Gitpod.
    """

    def stream(_call: Call) -> AsyncGenerator[Any, None]:
        return news.follow(look)

    async def converse(_call: Call, connection: ServerConnection) -> None:
        async def tell() -> None:
            with suppress(ConnectionClosed):
                async for document in news.follow(look):
                    await connection.send(msgspec.json.encode(document), text=True)

        async with asyncio.TaskGroup() as group:
            telling = group.create_task(tell(), name="news")
            with suppress(ConnectionClosed):
                async for _ in connection:  # nothing is expected, but its end has to be read
                    continue
            telling.cancel()

    return [
        answers("GET", pattern, who, lambda _call: look()),
        *(
            one
            for path in (pattern, f"{pattern}/observe/true")
            for one in (streams(path, who, stream), converses(path, who, converse))
        ),
    ]


def waits(pattern: str, who: Who, news: News, ready: Callable[[], bool], look: Look) -> Endpoint:
    """Return an endpoint that answers when it is so."""

    async def wait(_call: Call) -> Any:
        await news.until(ready)
        return look()

    return answers("GET", pattern, who, wait)
