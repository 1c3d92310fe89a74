"""How a page's live connection speaks: hints in, rendered fragments out.

Each message begins with a comment, `<!--podium <number> <kind> <server's time>-->`.
Kinds: `fragment` (elements follow, which replace those with their ids), `resync`
(something may have been missed: fetch the page again) and `beat` (the connection
lives). The first two are numbered from 1 on each connection, a beat repeats the last
number, so that a client sees a gap. Nothing is sent from memory: on a hint, and on
every beat in case a hint was lost, the service is asked again, and with it the access
function; what differs from what was sent last is rendered and sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from app.accounts.access import Principal
from app.accounts.service import session_lives
from app.db.sessions import Database
from app.web.events import Hint, Hints, Subscription
from app.workspaces.vitals import VITALS
from kit.clock import Clock
from kit.tasks import Tasks

PAUSE = 0.05
"""Seconds between two messages: at most 20 a second, the newest state wins."""
VITALS_PAUSE = 1.0
"""Seconds between two messages for what a workspace takes: figures need not hurry."""
BEAT = 10.0
"""Seconds after which a quiet connection looks again by itself, and says that it lives."""
SIGNED_OUT = 4401
"""Close code: the session has ended."""


class Shown(Protocol):
    """What a connection shows."""

    def concerns(self, hint: Hint) -> bool:
        """Tell whether the page shows what has changed."""
        ...

    def ended_by(self, hint: Hint) -> bool:
        """Tell whether the hint says that the session of this connection has ended."""
        ...

    async def news(self) -> str | None:
        """Return what has changed since the last call, rendered; None: fetch the page again."""
        ...


async def serve(
    socket: WebSocket[Any, Any, Any],
    shown: Shown,
    principal: Principal,
    hints: Hints,
    database: Database,
    clock: Clock,
) -> None:
    """Speak to one page until it is closed or its session has ended."""

    async def lives() -> bool:
        if not principal.session:
            return True  # an API token, which was checked when it connected
        async with database.read() as session:
            return await session_lives(session, principal.session, clock.now())

    tasks = Tasks()
    async with hints.subscribe() as subscription:
        await socket.accept()
        speaker = Speaker(socket, clock)
        sending = tasks.spawn(_send(speaker, shown, subscription, lives), "live-send")
        leaving = tasks.spawn(_gone(socket), "live-gone")
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not leaving.done() and sending.exception() is None:
                await socket.close(SIGNED_OUT, "signed out")
        finally:
            await tasks.close()


class Speaker:
    """Numbers what is sent."""

    def __init__(self, socket: WebSocket[Any, Any, Any], clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._number = 0

    async def say(self, news: str | None) -> None:
        """Send what is new: elements, or None to have the page fetched again."""
        self._number += 1
        await self._send("resync" if news is None else "fragment", news or "")

    async def beat(self) -> None:
        """Send that the connection lives."""
        await self._send("beat", "")

    async def _send(self, kind: str, text: str) -> None:
        head = f"<!--podium {self._number} {kind} {self._clock.now():.3f}-->"
        await self._socket.send_data(head + text, mode="text")


async def _send(
    speaker: Speaker,
    shown: Shown,
    subscription: Subscription,
    lives: Callable[[], Awaitable[bool]],
) -> None:
    """Send until the session has ended."""
    # The page was rendered before this connection was there: what came between is sent now.
    await speaker.say(await shown.news())
    time = asyncio.get_running_loop().time
    due, free, held = time() + BEAT, 0.0, False
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(due, free) if held else due):
                await subscription.wait()
        hints, missed = subscription.take()
        beat = time() >= due
        if any(shown.ended_by(one) for one in hints):
            return
        if beat or missed:
            due = time() + BEAT
            if not await lives():
                return
        topics = {one.topic for one in hints if shown.concerns(one)}
        held = held or VITALS in topics
        if not (beat or missed or topics - {VITALS} or (held and time() >= free)):
            continue
        held, free = False, time() + VITALS_PAUSE
        news = None if missed else await shown.news()
        if news or news is None:
            await speaker.say(news)
        elif beat:
            await speaker.beat()
        await asyncio.sleep(PAUSE)


async def _gone(socket: WebSocket[Any, Any, Any]) -> None:
    """Receive until the page has gone: only who receives notices."""
    try:
        while True:
            await socket.receive_data("text")
    except WebSocketDisconnect:
        return
