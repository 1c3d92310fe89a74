"""Waiting for something to become true, without sleeping a guessed time.

    await until(lambda: feed.connected, timeout=5)     in an `async def`
    until(lambda: path.exists(), timeout=5)            anywhere else: it blocks

Seconds of a whole second and more are taken for at least a minute: they keep a fault from holding
everything up, and what is waited for takes its time on a machine with much else to do.

The caller decides which: Playwright's synchronous calls keep an event loop running
in the same thread, so that looking for a running loop would tell nothing.
"""

import asyncio
import inspect
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

LEAST = 60.0
"""Seconds."""


def until(
    predicate: Callable[[], Any | Awaitable[Any]], timeout: float = 10.0, pause: float = 0.01
) -> Any:
    """Return the predicate's first true answer; for an awaiting caller it may be a coroutine.

    Raises AssertionError when the seconds have passed without one.
    """
    if timeout >= 1:
        timeout = max(timeout, LEAST)
    if sys._getframe(1).f_code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return _awaited(predicate, timeout, pause)
    end = time.monotonic() + timeout
    turn = threading.Event()
    while not (answer := predicate()):
        if time.monotonic() > end:
            raise AssertionError(f"did not become true within {timeout} s")
        turn.wait(pause)
    return answer


def accepts(path: Path | str) -> bool:
    """Tell whether somebody takes connections at a Unix socket: its file is there before that."""
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(str(path)) == 0


async def _awaited(
    predicate: Callable[[], Any | Awaitable[Any]], seconds: float, pause: float
) -> Any:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        answer = predicate()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        if loop.time() > end:
            raise AssertionError(f"did not become true within {seconds} s")
        turn = asyncio.Event()
        loop.call_later(pause, turn.set)
        await turn.wait()
