"""The end of a workspace, in order: people told, tasks, then IDE and shells, then whatever is left.

All of it has to fit in the node's own grace of 10 s; what does not care is killed.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress

from supervisor.core.notice import notice
from supervisor.host.ide import Ide
from supervisor.host.processes import Running
from supervisor.host.terminal import Terminal

FOR_TASKS = 2.0
FOR_THE_REST = 5.0
"""Seconds; together less than the node's grace of 10 s. Tasks have as many as at Gitpod."""


async def end(
    terminals: Sequence[Terminal],
    tasks: Iterable[str],
    ide: Ide,
    engine: Awaitable[None],
    why: str,
    *,
    for_tasks: float = FOR_TASKS,
    for_the_rest: float = FOR_THE_REST,
) -> None:
    """End everything; `tasks` are ids of terminals, `engine` ends what containers there are.

    Shells are hung up, as by a window that closes: they write their history.
    """
    for one in terminals:
        one.show(notice(why))
    of_tasks = set(tasks)
    first = [one for one in terminals if one.id in of_tasks]
    rest = [one for one in terminals if one.id not in of_tasks]
    ending = asyncio.gather(engine, return_exceptions=True)
    await _hang_up(first, [], for_tasks)
    ide.stop()
    await _hang_up(rest, [ide.running] if ide.running else [], for_the_rest)
    with suppress(TimeoutError):
        await asyncio.wait_for(ending, for_the_rest)
    if os.getpid() == 1:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)


async def _hang_up(terminals: Sequence[Terminal], also: Sequence[Running], seconds: float) -> None:
    for one in terminals:
        one.hang_up()
    waiting = [*(one.running for one in terminals), *also]
    if waiting:
        await asyncio.wait({one.exited for one in waiting}, timeout=seconds)
    for running in waiting:
        if not running.exited.done():
            running.signal_group(signal.SIGKILL)
