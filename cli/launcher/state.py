"""What runs, in a file: written by the launcher, read by every command."""

import msgspec
from msgspec import Struct, field

from cli.launcher.identity import Process
from cli.launcher.paths import real
from wire.layout import Layout

FILE = "launcher.json"
LOCK = "up.lock"
"""Held by `podium up` and `podium down` while they work."""
LAUNCHER_LOCK = "launcher.lock"
"""Held by the launcher as long as it lives: there is never a second one."""


class Child(Struct, frozen=True):
    """A process that the launcher keeps running; `process` is None while it waits to start."""

    process: Process | None = None
    restarts: int = 0
    streak: int = 0
    """Deaths in a row, each soon after its start."""

    @property
    def alive(self) -> bool:
        """Tell whether it runs now."""
        return self.process is not None and self.process.alive()


class State(Struct, frozen=True):
    """The launcher and its processes."""

    launcher: Process
    version: str = ""
    """Digest of the platform's code: the name of the folder it runs from."""
    environment: dict[str, str] = field(default_factory=dict)
    """Settings that its processes were given."""
    children: dict[str, Child] = field(default_factory=dict)
    sockets: str = ""
    """The launcher's descriptors of the proxy's listening sockets, as kit.listening spells them."""


def read(layout: Layout) -> State | None:
    """Return what the file says, None when there is none."""
    try:
        return msgspec.json.decode(real(layout.run / FILE).read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(layout: Layout, state: State) -> None:
    """Replace the file."""
    path = real(layout.run / FILE)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(state))
    fresh.rename(path)


def forget(layout: Layout) -> None:
    """Remove the file."""
    real(layout.run / FILE).unlink(missing_ok=True)


def running(layout: Layout) -> State | None:
    """Return the state when its launcher is alive."""
    state = read(layout)
    return state if state is not None and state.launcher.alive() else None
