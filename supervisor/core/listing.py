"""A terminal as lists have it: what pages, editors and `gp` are told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as also

from msgspec import Struct, field

from supervisor.core.viewers import Seat


@dataclass(slots=True)
class Facts:
    """What is told of a terminal and decides nothing."""

    command: Sequence[str]
    cwd: str
    title: str = ""
    task: str = ""
    annotations: Mapping[str, str] = also(default_factory=dict)


class Watching(Struct, frozen=True, kw_only=True):
    """One who looks at a terminal."""

    id: int
    kind: str
    """browser, vscode, ssh or gp."""
    name: str
    """Whatever it says of itself, one line; empty is nothing."""
    since: float
    """Seconds since 1970."""
    cols: int
    rows: int
    """What fits into its window."""
    focused: bool


class Listed(Struct, frozen=True, kw_only=True):
    """A terminal."""

    id: str
    alias: str
    """The same, by Gitpod's name for it."""
    life: str
    """Another for each terminal, also of the same id: offsets are of one life."""
    title: str
    """As people know it: its given title, and what runs in front."""
    given_title: str = ""
    """The part that a PUT sets."""
    task: str = ""
    """Name of the task that runs in it."""
    command: list[str]
    cwd: str
    """Of what runs in front; where it began when nothing does."""
    annotations: dict[str, str] = field(default_factory=dict)
    pid: int
    """Of the shell, inside the workspace."""
    alive: bool
    """Whether the shell runs."""
    exit_code: int | None = None
    """As a shell counts it: 128 and the signal's number when one ended it."""
    signal: str | None = None
    """Name of that signal."""
    begin: int
    end: int
    """Offsets of the output that is held: of its first byte, and after its last."""
    last_output_at: float | None = None
    """Seconds since 1970."""
    cols: int
    rows: int
    viewers: list[Watching] = field(default_factory=list)


def watching(seat: Seat) -> Watching:
    """Return a viewer as lists have it."""
    columns, rows = seat.said or seat.known
    return Watching(
        id=seat.id,
        kind=seat.kind,
        name=seat.name,
        since=seat.since,
        cols=columns,
        rows=rows,
        focused=seat.focused,
    )


def ended(code: int) -> tuple[int, int]:
    """Return (exit code as a shell counts it, signal or 0) of a negative or positive code."""
    return (code, 0) if code >= 0 else (128 - code, -code)
