"""Whether somebody uses the workspace: beats that are counted, and programs that compute. Pure.

Commands in front of terminals, and those that the file names: core/jobs.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wire.agent import Activity, Beats

BEAT_EVERY = 30.0
"""Seconds within which further activity is no further beat; Gitpod's heartbeat."""
AT_WORK = 0.1
"""Part of one processor that programs must use together to be at work: a build or training
does, a server that waits, or one that looks for changed files, does not."""


_MEASURES = frozenset({b"du", b"git"})


@dataclass(slots=True)
class Pulse:
    """Counts beats; times are monotonic seconds."""

    beats: Beats = field(default_factory=lambda: Beats(count=0))
    _last: float | None = None

    def active(self, activity: Activity, now: float) -> bool:
        """Take in activity; tells whether it is a beat that nobody has been told of."""
        if self._last is not None and now - self._last < BEAT_EVERY:
            return False
        self._last = now
        self.beats = Beats(count=self.beats.count + 1, last=activity)
        return True


@dataclass(frozen=True, slots=True)
class Process:
    """What /proc tells of one: `used` is processor time in seconds, its dead children's too."""

    pid: int
    session: int
    command: bytes
    used: float
    parent: int = 0
    group: int = 0
    terminal: int = -1
    """Number of its terminal in /dev/pts, -1 for none."""
    front: int = 0
    """Process group in front of that terminal."""
    age: float = 0.0
    """Seconds since it was started."""


def of_person(
    processes: Iterable[Process], ide: int, folder: bytes | tuple[bytes, ...]
) -> list[Process]:
    """Return what runs for the person.

    The supervisor is left out with what it measures by, and so are the IDE's own processes,
    those of its session that were started from its `folder`: they work a little all the time,
    for an empty window too.
    """
    return [
        one
        for one in processes
        if one.pid != 1
        and not (one.session == ide and one.command.startswith(folder))
        and not _measures(one)
    ]


def _measures(one: Process) -> bool:
    """Tell whether the supervisor itself asks how large the files are, or what git says."""
    program = one.command.partition(b"\0")[0].rpartition(b"/")[2]
    return one.parent == 1 and one.session == one.pid and program in _MEASURES


def busiest(
    before: Mapping[int, float], after: Mapping[int, float], seconds: float
) -> list[int] | None:
    """Return the pids that computed between two looks, the busiest first; None for too little.

    The looks hold pid → `used`, and are `seconds` apart.
    """
    if seconds <= 0:
        return None
    spent = {pid: max(used - before.get(pid, 0.0), 0.0) for pid, used in after.items()}
    if sum(spent.values()) / seconds < AT_WORK:
        return None
    return sorted((pid for pid, part in spent.items() if part), key=lambda pid: -spent[pid])
