"""The IDE's process: started, watched until it answers and after, ended when it hangs."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence

from supervisor.core.ahead import told
from supervisor.core.restarts import (
    PROBE_EVERY,
    PROBE_PATIENCE,
    PROBES,
    WINDOW,
    Restarts,
    reason,
)
from supervisor.host.ahead import Ahead, ids_of
from supervisor.host.idelog import LOG, end_of, open_log
from supervisor.host.journal import note
from supervisor.host.processes import Account, Running, start
from supervisor.host.reaper import Reaper
from wire.agent import IDE_PORT, StepReport
from wire.phases import StepState

LEAVE = 5.0
"""Seconds for an IDE that is no longer wanted to end by itself."""
POLL = (0.005, 0.25)
"""Seconds between questions whether it answers: at first, and at most."""
SLACKENS = 1.04
"""What each pause is of the one before: of what has been waited for, a twenty-fifth is late."""


class Ide:
    """One IDE. `report` is the step, `restarts` what went wrong, `changed` is told of both."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        changed: Callable[[], None],
        *,
        port: int = IDE_PORT,
        log: str = LOG,
        ahead: Ahead | None = None,
        probe_every: float = PROBE_EVERY,
        probe_patience: float = PROBE_PATIENCE,
    ) -> None:
        self.report = StepReport()
        self.restarts = Restarts()
        self.running: Running | None = None
        self._reaper = reaper
        self._account = account
        self._changed = changed
        self._port = port
        self._log = log
        self._probes = probe_every, probe_patience
        self._ahead = None if ahead is None else (ahead, reaper.register(ahead.pid))
        self._probe = "/version"
        self._hung = False
        self._leaving = False

    async def run(
        self,
        command: Sequence[str],
        cwd: str,
        environment: Mapping[str, str],
        probe: str = "/version",
    ) -> None:
        """Start it, wait until it answers at `probe`, and stay until it exits."""
        self._probe = probe
        began = time.monotonic()
        try:
            self.running = self._told(command, cwd, environment) or self._started(
                command, cwd, environment
            )
        except OSError as error:
            note("ide_not_started", error=str(error))
            self.report = StepReport(
                state=StepState.WORKING, detail=f"cannot start: {error.strerror}"
            )
            self._ended(self.report.detail)
            return
        if self.report.state is not StepState.DONE:
            self.report = StepReport(state=StepState.WORKING)
            self._changed()
        if await self._answers():
            took = time.monotonic() - began
            if self.report.state is not StepState.DONE:
                self.report = StepReport(state=StepState.DONE, took=took)
            note("ide_ready", took=round(took, 3))
            self._changed()
            await self._watch(self.running)
        code = await self.running.exited
        why = reason(code, hung=self._hung, log=end_of(self._log))
        self._hung = False
        note("ide_exited", code=code, why=why)
        self._ended(why)

    def forgo(self) -> None:
        """End what was started ahead: something else is wanted."""
        if self._ahead is None:
            return
        ahead, exited = self._ahead
        self._ahead = None
        if not exited.done():
            ahead.end()

    def _told(
        self, command: Sequence[str], cwd: str, environment: Mapping[str, str]
    ) -> Running | None:
        """Return what was started ahead, if it can be what is wanted; else that has ended."""
        if self._ahead is None:
            return None
        ahead, exited = self._ahead
        words = told(command, cwd, environment, ahead.begun)
        alike = ahead.ids == ids_of(self._account.uid)
        if words and alike and not exited.done() and ahead.tell(json.dumps(words).encode()):
            self._ahead = None
            return Running(ahead.pid, exited)
        note("ide_not_ahead")
        self.forgo()
        return None

    def _started(self, command: Sequence[str], cwd: str, environment: Mapping[str, str]) -> Running:
        output = open_log(self._log)
        try:
            return start(
                self._reaper,
                command,
                self._account,
                cwd=cwd,
                environment=environment,
                output=output,
            )
        finally:
            os.close(output)

    def pid(self) -> int:
        """Return the pid, which is its session's too; 0 while it does not run."""
        return self.running.pid if self.running is not None else 0

    def leave(self) -> None:
        """End it for good; that is no exit to be counted."""
        leaving = self.running
        if leaving is None or self._leaving:
            return
        self._leaving = True
        leaving.signal_group(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        loop.call_later(LEAVE, _kill, leaving)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; it saves its buffers on SIGTERM."""
        if self.running is not None:
            self.running.signal_group(number)

    def _ended(self, why: str) -> None:
        self.running = None
        if self._leaving:
            self._leaving, self.report = False, StepReport()
            self._changed()
            return
        self.restarts = self.restarts.exited(time.monotonic(), why)
        self._changed()
        # What was a loop is none when its exits are old; nothing else would tell.
        asyncio.get_running_loop().call_later(WINDOW + 1, self._changed)

    async def _answers(self) -> bool:
        assert self.running is not None
        pause, most = POLL
        while not self.running.exited.done():
            if await _answers_http(self._port, self._probe):
                return True
            await asyncio.sleep(pause)
            pause = min(most, pause * SLACKENS)
        return False

    async def _watch(self, running: Running) -> None:
        """Ask again and again until it exits; end one that hangs."""
        every, patience = self._probes
        missed = 0
        while not running.exited.done():
            await asyncio.wait({running.exited}, timeout=every)
            if running.exited.done():
                return
            missed = 0 if await _answers_http(self._port, self._probe, patience) else missed + 1
            if missed == PROBES:
                note("ide_hangs", probes=missed)
                self._hung = True
                running.signal_group(signal.SIGKILL)


def _kill(running: Running) -> None:
    if not running.exited.done():
        running.signal_group(signal.SIGKILL)


def is_there(tree: str) -> bool:
    """Tell whether this container shows an editor's tree."""
    return os.path.isdir(tree)  # noqa: PTH112 - lean start, no pathlib


def image_of(tree: str = "/ide") -> str:
    """Return the image that holds the tree's static files; empty when it does not say."""
    try:
        with open(f"{tree}/image") as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read(200).strip()
    except OSError:
        return ""


async def _answers_http(port: int, probe: str, patience: float = PROBE_PATIENCE) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(
            f"GET {probe} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        line = await asyncio.wait_for(reader.readline(), patience)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return line.startswith(b"HTTP/1.1 200")
