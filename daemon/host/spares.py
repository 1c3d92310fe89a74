"""Helpers that were started before they are wanted.

Starting Python takes longer than what most helpers then do. So one of each kind waits
for its plan; who takes it gets the next one made a little later, when the start of a
workspace, for which it was taken, is over. A spare that has died is not missed: a new
helper is started in its place. When the daemon dies, a spare reads the end and ends.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from daemon.host.helper import give_plan, start_helper
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
KINDS: Final = ("netns_child", "clone_child", "launch_child")
REST: Final = 2.0
"""Seconds after one was taken until the missing ones are made."""


class Spares:
    """One helper of each kind; `kinds` may be empty, then each is started when it is wanted."""

    def __init__(self, tasks: Tasks, kinds: Sequence[str] = KINDS, *, rest: float = REST) -> None:
        self._tasks = tasks
        self._kinds = kinds
        self._rest = rest
        self._held: dict[str, asyncio.subprocess.Process] = {}
        self._making: asyncio.Task[None] | None = None

    @property
    def held(self) -> dict[str, int]:
        """Kind → pid of what waits now."""
        return {kind: one.pid for kind, one in self._held.items() if one.returncode is None}

    def open(self) -> None:
        """Begin to make them."""
        if self._kinds:
            self._making = self._tasks.spawn(self._make(0.0), "spare-helpers")

    async def close(self) -> None:
        """End those that wait."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait([self._making])
        held, self._held = self._held, {}
        for one in held.values():
            with suppress(ProcessLookupError):
                one.kill()
            await one.communicate()

    async def run(
        self, module: str, plan: dict[str, Any], *, on_stderr: Callable[[bytes], None] | None = None
    ) -> bytes:
        """Run a helper to its end and return what it wrote to stdout.

        Cancelling kills it. Raises HelperFailed when it ends with another code than 0.
        """
        process = self._held.pop(module, None)
        if process is None or process.returncode is not None:
            process = await start_helper(module)
        if module in self._kinds and (self._making is None or self._making.done()):
            self._making = self._tasks.spawn(self._make(self._rest), "spare-helpers")
        return await give_plan(process, plan, on_stderr)

    async def _make(self, rest: float) -> None:
        await asyncio.sleep(rest)
        for kind in self._kinds:
            found = self._held.get(kind)
            if found is not None and found.returncode is None:
                continue
            try:
                made = await start_helper(kind)
            except OSError as error:  # no process to be had now; whoever wants one will say so
                _log.warning("no_spare_helper", kind=kind, error=str(error))
                return
            self._held[kind] = made
