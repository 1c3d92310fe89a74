"""All terminals of a workspace, by id."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.host.journal import note
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import Terminal, open_terminal

MAIN = "main"
"""The one that opens when somebody looks."""


class Terminals:
    """Opens and finds; `changed` is told of every new one, `used` of every input."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        changed: Callable[[], None],
        used: Callable[[], None] = lambda: None,
    ) -> None:
        self._reaper = reaper
        self._account = account
        self._changed = changed
        self._used = used
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
        self, name: str, cwd: str, environment: Mapping[str, str], command: Sequence[str] = ()
    ) -> Terminal | None:
        """Open a terminal with a command, by default a login shell; None when it cannot start."""
        shell = list(command) or [self._account.shell, "-l"]
        try:
            opened = open_terminal(
                name, self._reaper, self._account, cwd, environment, shell, self._used
            )
        except OSError as error:
            note("terminal_not_opened", terminal=name, error=str(error))
            return None
        self._held[name] = opened
        self._changed()
        return opened

    def told(self) -> list[dict[str, Any]]:
        """Return all as the status tells them."""
        return [
            {"id": one.id, "pid": one.pid, "offset": one.history.end, "alive": one.alive}
            for one in self._held.values()
        ]
