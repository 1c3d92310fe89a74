"""Pid 1's duties: every child is waited for, and begins with signals as they should be.

Only the reaper calls waitpid. Whoever starts a process registers it in the same
step of the event loop, so its exit can never be seen before it is known.
"""

import asyncio
import os
import signal

from supervisor.host.ahead import hear_signals


class Reaper:
    """Collects exits on SIGCHLD and gives them to those who wait."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[int]] = {}

    def install(self) -> None:
        """Start to listen on the running loop, to every signal."""
        hear_signals()
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self.reap)

    def register(self, pid: int) -> "asyncio.Future[int]":
        """Return a future of the exit code (negative: the signal that ended it)."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[pid] = future
        return future

    def reap(self) -> None:
        """Collect everything that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            future = self._waiting.pop(pid, None)
            if future is not None and not future.done():
                future.set_result(os.waitstatus_to_exitcode(status))
