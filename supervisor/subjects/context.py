"""What every subject of a workspace is given."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from supervisor.core.environment import person_environment
from supervisor.core.plan import newer
from supervisor.host.ahead import Ahead
from supervisor.host.engine import Engine
from supervisor.host.journal import note
from supervisor.host.limits import limits
from supervisor.host.pictured import pictured
from supervisor.host.processes import Account, person
from supervisor.host.reaper import Reaper
from supervisor.host.timezone import zone_of
from supervisor.settings import Settings
from wire.agent import Desired


class Context:
    """The workspace as a whole, as far as a subject may know it."""

    def __init__(
        self, settings: Settings, token: str, started: float, ahead: Ahead | None = None
    ) -> None:
        self.settings = settings
        self.token = token
        self.started = started
        """Monotonic seconds."""
        self.ahead = ahead
        """VS Code's server that waits to be told what it is for."""
        self.reaper = Reaper()
        self.account: Account = person()
        self.engine = Engine(self.reaper, self.account)
        self.data = f"{self.account.home}/.podium/vscode"
        """Folder of the IDE's own data."""
        self.desired: Desired | None = None
        """What the server wants; None before it has spoken."""
        self.configured: Mapping[str, str] = {}
        """Variables that the repository's file asks for, once it has been read."""
        self.pictured: Mapping[str, str] = pictured(settings.variables_file)
        """Variables of the image's configuration."""
        self.ending = False
        self.ended = asyncio.Event()
        """Set when the workspace has to end."""
        self.exit_code = 0
        self.why = ""
        """It ends by itself; empty when it was asked to."""
        self._listeners: list[Callable[[], None]] = []
        self._group: asyncio.TaskGroup | None = None

    # --- news ---

    def when_changed(self, listener: Callable[[], None]) -> None:
        """Tell `listener` of every change from now on."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Tell everybody who has to know that something is not as it was."""
        for listener in self._listeners:
            listener()

    def accept(self, offered: Desired) -> bool:
        """Take in what the server wants, unless it is older than what it wanted before."""
        if not newer(self.desired, offered):
            return False
        self.desired = offered
        return True

    def end(self, code: int, why: str = "") -> None:
        """Let the workspace end by itself, with an exit code."""
        note("ending_by_itself", code=code, why=why)
        self.exit_code, self.why = code, why
        self.ended.set()

    # --- work ---

    def live_in(self, group: asyncio.TaskGroup) -> None:
        """Let everything that is spawned belong to `group`."""
        self._group = group

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Start something that ends with the workspace at the latest."""
        assert self._group is not None
        return self._group.create_task(work, name=name)

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def key(self) -> str:
        """What the proxy's proofs are made with; empty before the server has spoken."""
        return self.desired.key if self.desired is not None else ""

    def environment(self, desired: Desired) -> dict[str, str]:
        """Return the variables of whatever is started for the person."""
        account, zone = self.account, {"TZ": zone_of(desired.time_zone)}
        image = {**zone, **os.environ, **limits(), **self.engine.environment}
        return person_environment(
            desired,
            image,
            account.home,
            account.name,
            account.shell,
            self.configured,
            self.pictured,
        )
