"""The tasks of .gitpod.yml: each in a terminal of its own, followed to its end."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from supervisor.core.config import Config, Task
from supervisor.core.notice import notice
from supervisor.core.startup import PATIENCE, Ask, Startup
from supervisor.core.tasks import Past, Places, banner, files, outcome, places
from supervisor.host.journal import note
from supervisor.host.processes import Account
from supervisor.host.startup import interrupt
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import Terminals
from wire.agent import TaskReport, TaskState

LOOK_EVERY = 0.25
"""Seconds between looks whether a task has told its end."""
GRACE = 3.0
"""Seconds in which a task that is stopped may end by itself."""
_LOOKS = 8
"""How often it is looked whether a terminal has been read to its end."""


_INTERRUPTED = "Your startup files have not ended after {:.0f} s: the task begins without them."
_ANEW = "Your startup files do not let the task begin: this shell has not read them."


@dataclass(slots=True)
class _Followed:
    task: Task
    where: Places
    terminal: Terminal
    startup: Startup
    anew: Callable[[], Terminal | None]
    """Opens its terminal once more, with a shell that reads no startup files."""
    began: float
    exit_code: int | None = None


class Tasks:
    """Starts once, then follows; `folder` is on a tmpfs, `kept` outlives the container."""

    def __init__(
        self,
        terminals: Terminals,
        account: Account,
        changed: Callable[[], None],
        *,
        folder: str,
        kept: str,
        patience: float = PATIENCE,
    ) -> None:
        self._terminals = terminals
        self._account = account
        self._changed = changed
        self._folder = folder
        self._kept = kept
        self._patience = patience
        self._followed: list[_Followed] = []
        self._headless = False
        self._began = 0.0

    def start(
        self,
        config: Config,
        cwd: str,
        environment: Mapping[str, str],
        *,
        headless: bool = False,
    ) -> None:
        """Open a terminal for each task; headless, a prebuild's run, each ends with its task."""
        self._began = time.monotonic()
        self._headless = headless
        for folder in (self._kept, self._folder):
            _make(folder, self._account)
        for number, task in enumerate(config.tasks, 1):
            where = places(number, task, self._folder, self._kept)
            try:
                self._write(task, where)
            except OSError as error:
                note("task_not_written", task=task.name, error=str(error))
                continue
            name = f"task-{number}"
            opens = partial(self._open, name, task, where, cwd, environment)
            anew = partial(opens, reads=False)
            bash = os.access("/bin/bash", os.X_OK)
            began = time.monotonic()
            if (terminal := opens(reads=bash)) is not None:
                startup = Startup(began, self._patience, plain=not bash)
                self._followed.append(_Followed(task, where, terminal, startup, anew, began))
                note("task_started", task=task.name, terminal=name)
        self._changed()

    def _open(
        self,
        name: str,
        task: Task,
        where: Places,
        cwd: str,
        environment: Mapping[str, str],
        *,
        reads: bool,
    ) -> Terminal | None:
        terminal = self._terminals.open(
            name,
            cwd,
            {**environment, **task.env},
            self._shell(where, reads=reads),
            task=task.name,
            title=task.name,
        )
        if terminal is not None:
            terminal.running.exited.add_done_callback(partial(_call, self._changed))
        return terminal

    def _shell(self, where: Places, *, reads: bool) -> list[str]:
        if os.access("/bin/bash", os.X_OK):
            return ["/bin/bash", "--init-file", where.first if reads else where.plain, "-i"]
        then = "exit $code" if self._headless else "exec sh -i"
        return ["/bin/sh", "-c", f". {where.body}; code=$?; echo $code > {where.ended}; {then}"]

    def _write(self, task: Task, where: Places) -> None:
        there = os.path.exists
        past = Past(
            there(where.initialised),
            there(where.created),
            there(where.log) and not there(where.seen),
        )
        for path, text in files(task, where, past, headless=self._headless).items():
            self._put(path, text.encode())

    def _put(self, path: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchown(descriptor, self._account.uid, self._account.gid)
            file.write(content)

    async def stop(self, task: str, *, success: bool = False) -> bool:
        """End a task with everything in its terminal; tells whether there is one of that id."""
        found = next((one for one in self._followed if one.terminal.id == task), None)
        if found is None:
            return False
        running = found.terminal.running
        found.startup.leave()
        if found.terminal.alive:
            if success and found.exit_code is None:
                found.exit_code = 0
            running.signal_group(signal.SIGHUP)
            running.signal_group(signal.SIGCONT)
            try:
                async with asyncio.timeout(GRACE):
                    await asyncio.shield(running.exited)
            except TimeoutError:
                running.signal_group(signal.SIGKILL)
        self._changed()
        return True

    def leave(self) -> None:
        """Begin nothing any more: the workspace ends."""
        for one in self._followed:
            one.startup.leave()

    async def follow(self) -> None:
        """Look for ends until all have come."""
        while waiting := [one for one in self._followed if _open_ended(one)]:
            for one in waiting:
                one.exit_code = _told(one.where.ended)
                if one.exit_code is not None:
                    note("task_ended", task=one.task.name, code=one.exit_code)
                    self._changed()
                elif not one.startup.through:
                    self._look_at_start(one)
            await asyncio.sleep(LOOK_EVERY)

    def _look_at_start(self, one: _Followed) -> None:
        """See to it that the task begins, whatever the startup files do."""
        terminal, exited = one.terminal, one.terminal.running.exited
        if exited.done() and not terminal.ended.is_set():
            return  # its last words are still being read
        code = exited.result() if exited.done() else None
        ask = one.startup.look(time.monotonic(), begun=_empty(one.where.startup), code=code)
        if ask is Ask.NOTHING or terminal.closing:
            return
        note("startup_files_hold_up", task=one.task.name, ask=ask.name.lower())
        soundness = self._terminals.soundness
        if ask is Ask.INTERRUPT:
            terminal.show(notice(_INTERRUPTED.format(self._patience)))
            interrupt(terminal.pid)
            soundness.shell_hung()
            return
        if code is None:
            terminal.running.signal_group(signal.SIGKILL)
        else:
            soundness.shell_ended(one.began, typed=False)
        said = terminal.history.since(0)[1]
        anew = one.anew()
        if anew is not None:
            anew.show(said + notice(_ANEW))
            one.terminal = anew

    async def finish(self) -> tuple[int, str]:
        """Follow a headless run to its end and keep what it said; returns its code, and why."""
        await self.follow()
        for one in self._followed:
            await one.terminal.running.exited
            await self._heard(one.terminal)
            said = (
                one.terminal.history.since(0)[1] + banner(time.monotonic() - self._began).encode()
            )
            try:
                self._put(one.where.log, said)
            except OSError as error:
                note("prebuild_log_not_written", task=one.task.name, error=str(error))
        return outcome([(one.name, one.exit_code) for one in self.reports()])

    async def _heard(self, terminal: Terminal) -> None:
        """Wait until all output has been read; a program that is left behind is not waited for."""
        for _ in range(_LOOKS):
            if terminal.closed:
                return
            await asyncio.sleep(LOOK_EVERY)

    def names(self) -> dict[str, str]:
        """Return terminal → name of its task."""
        return {one.terminal.id: one.task.name for one in self._followed}

    def reports(self) -> list[TaskReport]:
        """Return how far each is."""
        return [_report(one) for one in self._followed]


def _call(changed: Callable[[], None], _exited: "asyncio.Future[int]") -> None:
    changed()


def _open_ended(one: _Followed) -> bool:
    return one.exit_code is None and (one.terminal.alive or not one.startup.through)


def _report(one: _Followed) -> TaskReport:
    code = one.exit_code
    if code is None and not one.terminal.alive:
        code = one.terminal.running.exited.result()
    state = TaskState.RUNNING if code is None else TaskState.FAILED if code else TaskState.DONE
    return TaskReport(
        id=one.terminal.id,
        name=one.task.name,
        state=state,
        exit_code=code or 0,
        open=one.terminal.alive,
        open_in=one.task.open_in,
        open_mode=one.task.open_mode,
    )


def _told(path: str) -> int | None:
    """Return the exit code in a file that the person can write: whatever it holds."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(8).strip()
    return int(text) if text.isdigit() else None


def _empty(path: str) -> bool:
    """Tell whether a file is empty, or not there."""
    try:
        return os.stat(path).st_size == 0  # noqa: PTH116 - lean start, no pathlib
    except OSError:
        return True


def _make(folder: str, account: Account) -> None:
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
        os.chown(folder, account.uid, account.gid)
    except OSError as error:  # then no task can be written, and each says so
        note("folder_not_made", folder=folder, error=str(error))
