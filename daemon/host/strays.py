"""Dead processes that nobody else waits for.

The daemon is the subreaper of what it starts, so that it learns how containers end. What lies
between becomes its child as well: the runtime's own processes, and what outlives a container's
first one. Whoever starts a process waits for it within moments; who is found dead twice, a
while apart, is a stray, and would keep its place in the machine's table of processes for ever.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from daemon.core.record import start_time_of

_log = structlog.get_logger(__name__)
EVERY: Final = 20.0
"""Seconds between looks."""
Dead = frozenset[tuple[int, int]]
"""Process ids, each with its start time, so that another process is not taken for it."""


async def reap_strays(every: float = EVERY) -> None:
    """Look for ever."""
    before: Dead = frozenset()
    while True:
        await asyncio.sleep(every)
        before = reap(before)


def reap(before: Dead) -> Dead:
    """Reap those that were dead before and still are; return the others that are dead now."""
    found = frozenset(_dead())
    for pid, _started in found & before:
        with suppress(ChildProcessError):  # somebody waited for it just now
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG)
        _log.debug("stray_reaped", pid=pid)
    return found - before


def _dead() -> Iterator[tuple[int, int]]:
    """Give the children of this process that have ended and are still in the table."""
    own = str(os.getpid())
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            stat = (entry / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if state == "Z" and parent == own:
            yield int(entry.name), start_time_of(stat)
