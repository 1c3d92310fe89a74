"""Named, owned background tasks: nothing runs that nobody waits for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import structlog

_log = structlog.get_logger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Tasks:
    """Owner of background tasks; a failure is logged, `close` cancels and awaits them all."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start the work under a name; the task is held until it ends."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("task_failed", task=task.get_name(), exc_info=task.exception())

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def to_its_end(work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
    """Run the work in a thread; whoever is cancelled meanwhile still waits for its end.

    A thread cannot be cancelled: what it goes on to write would come behind whatever is done next.
    """
    thread = asyncio.get_running_loop().create_task(asyncio.to_thread(work, *given, **named))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        if not thread.cancelled():
            thread.exception()  # seen: whoever was cancelled has no use for it
        raise
