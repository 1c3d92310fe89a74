"""All terminals of a workspace, by id."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.core.listing import Listed
from supervisor.core.login import TOLD
from supervisor.core.notice import notice
from supervisor.core.opening import Opening, annotations, folder
from supervisor.core.viewers import FIRST
from supervisor.host.journal import note
from supervisor.host.opening import open_terminal
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.soundness import Soundness
from supervisor.host.terminal import Terminal

MAIN = "main"
"""The one that opens when somebody looks."""
KEPT = "/workspace/.podium"
"""Folder on whose disk output lies that is too much for memory."""
MOST = 100
"""Terminals at once, ended ones included."""
MOST_ENDED = 20
"""Ended ones that are kept to be read, the newest; those of tasks do not count."""


class TooMany(Exception):
    """There are MOST terminals."""


class Terminals:
    """Opens and finds; `changed` is told of every new one, `used` of every input."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        changed: Callable[[], None],
        used: Callable[[], None] = lambda: None,
        *,
        kept: str = KEPT,
        soundness: Soundness | None = None,
    ) -> None:
        self._reaper = reaper
        self._account = account
        self._changed = changed
        self._used = used
        self._kept = kept
        self.soundness = soundness or Soundness(account, changed)
        self.greeting: Callable[[], str] = str
        """Gives what a new shell's terminal begins with; empty for nothing."""
        self._held: dict[str, Terminal] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def alive(self) -> list[Terminal]:
        """Those whose shell runs."""
        return [one for one in self._held.values() if one.alive]

    def get(self, name: str) -> Terminal | None:
        """Return the terminal, also one that has ended; None for an unknown id."""
        return self._held.get(name)

    def open(
        self,
        name: str,
        cwd: str,
        environment: Mapping[str, str],
        command: Sequence[str] = (),
        **facts: Any,
    ) -> Terminal | None:
        """Open a terminal with a command, by default a login shell; None when it cannot start.

        `facts` are those of core/listing.py's Facts. An ended one of the same id is let go.
        """
        try:
            return self._open(name, cwd, environment, command, facts)
        except OSError as error:
            note("terminal_not_opened", terminal=name, error=str(error))
            return None

    def create(
        self,
        asked: Opening,
        usual: str,
        environment: Mapping[str, str],
        defaults: Mapping[str, str] = {},
    ) -> Terminal:
        """Open what was asked for, in `usual` unless it says where.

        Raises OSError when it cannot start, TooMany when there are too many.
        """
        if len(self._held) >= MOST:
            raise TooMany
        columns, rows = FIRST
        return self._open(
            os.urandom(4).hex(),
            folder(asked.cwd, usual, "/workspace", os.path.isdir),
            {**environment, **asked.env},
            asked.command,
            {
                "title": asked.title,
                "annotations": annotations(asked.annotations, defaults),
                "size": (asked.cols or columns, asked.rows or rows),
            },
        )

    def close(self, terminal: Terminal) -> None:
        """Hang up, and forget it when it has ended."""
        terminal.closing = True
        if terminal.ended.is_set():
            self._settle()
        else:
            terminal.hang_up()

    def listed(self) -> list[Listed]:
        """Return all as lists have them, in the order in which they were opened."""
        return [one.listed() for one in self._held.values()]

    def told(self) -> list[dict[str, Any]]:
        """Return all as the status tells them."""
        return [
            {"id": one.id, "pid": one.pid, "offset": one.history.end, "alive": one.alive}
            for one in self._held.values()
        ]

    def _open(
        self,
        name: str,
        cwd: str,
        environment: Mapping[str, str],
        command: Sequence[str],
        facts: dict[str, Any],
    ) -> Terminal:
        sound, began, typed = self.soundness, time.monotonic(), False
        broken = not command and sound.login.broken(sound.startup_files())

        def used() -> None:
            nonlocal typed
            typed = True
            self._used()

        opened = open_terminal(
            name,
            self._reaper,
            self._account,
            cwd,
            environment,
            list(command) or sound.login.command(sound.startup_files()),
            used,
            kept=self._kept,
            over=self._settle,
            **facts,
        )
        if broken:
            opened.show(notice(TOLD))
        elif not command:
            if told := self.greeting():
                opened.show(notice(told))
            opened.running.exited.add_done_callback(
                lambda _code: sound.shell_ended(began, typed=typed or opened.closing)
            )
        before = self._held.pop(name, None)
        if before is not None:
            before.forget()
        self._held[name] = opened
        self._changed()
        return opened

    def _settle(self) -> None:
        """Forget what was closed, and the oldest of those that have ended by themselves."""
        over = [one for one in self._held.values() if one.ended.is_set()]
        kept = [one for one in over if not one.closing and not one.facts.task]
        surplus = kept[: max(0, len(kept) - MOST_ENDED)]
        for one in [*(one for one in over if one.closing), *surplus]:
            del self._held[one.id]
            one.forget()
        self._changed()
