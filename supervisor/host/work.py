"""Looks again and again what is at work; the rules are in core/jobs.py and core/idle.py."""

import asyncio
import os
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from supervisor.core.idle import BEAT_EVERY, Process, busiest, of_person
from supervisor.core.jobs import Endurance, Job, Manner, jobs, named, places, pts, told
from supervisor.host.listeners import serves
from supervisor.host.wake import Wake

LOOK_EVERY = 10.0
"""Seconds between looks at terminals; processor time is measured over BEAT_EVERY."""
MOST = 5
"""Things at work that are told."""
IDE_FOLDER = (b"/ide/", b"/ides/")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Seen:
    """What else is known at the moment of a look."""

    ide: int = 0
    """Pid of the IDE, whose own work is not the person's; 0 for none."""
    own: Mapping[int, str] = field(default_factory=dict)
    """Pid of a shell → id of its terminal, of those that the supervisor has opened."""
    tasks: Mapping[str, str] = field(default_factory=dict)
    """Id of a terminal → name of its task."""
    named: Sequence[str] = ()
    """Patterns of commands that the repository's file names."""
    limit: float | None = None
    """Seconds for which a waiting command is work, None for no end."""


class Work:
    """Tells `wake` what is at work."""

    def __init__(self, wake: Wake, proc: str = "/proc", devices: str = "/dev/pts") -> None:
        self._wake = wake
        self._proc = proc
        self._devices = devices
        self._endurance = Endurance()
        self._measured: dict[int, float] = {}
        self._at = time.monotonic()
        self._computing: list[int] = []

    async def watch(
        self, seen: Callable[[], Seen], every: float = LOOK_EVERY, over: float = BEAT_EVERY
    ) -> None:
        """Look for ever; processor time is measured `over` so many seconds."""
        first = of_person(self._look(), seen().ide, IDE_FOLDER)
        self._measured, self._at = {one.pid: one.used for one in first}, time.monotonic()
        while True:
            await asyncio.sleep(every)
            self._wake.at_work(self.look(seen(), over)[:MOST])

    def look(self, seen: Seen, over: float = BEAT_EVERY) -> list[str]:
        """Return what is at work now, for people, what tells most first."""
        everything = list(self._look())
        found = of_person(everything, seen.ide, IDE_FOLDER)
        now = time.monotonic()
        manners = {one: self._manner(one) for one in jobs(found)}
        working = self._endurance.at_work(manners, now, seen.limit)
        where = places(everything, seen.own, seen.tasks)
        chosen = named(found, seen.named)
        chosen_pids = {one.pid for one in chosen}
        fronts = [one for one in manners if one in working or not chosen_pids.isdisjoint(one.pids)]
        shown = chosen_pids | {pid for one in fronts for pid in one.pids}
        if now - self._at >= over:
            after = {one.pid: one.used for one in found}
            self._computing = busiest(self._measured, after, now - self._at) or []
            self._measured, self._at = after, now
        # children of a job compute for it
        sessions = {one.session for one in fronts}
        computing = [
            one
            for pid in self._computing[:1]
            for one in found
            if one.pid == pid and pid not in shown and one.session not in sessions
        ]
        return [
            *(f"{one.what} in {where[one.session]}" for one in fronts),
            *(
                f"{told(one.command)}, named in .gitpod.yml"
                for one in chosen
                if one.session not in sessions
            ),
            *(f"{told(one.command)} uses the processor" for one in computing),
        ]

    def _manner(self, job: Job) -> Manner:
        path = f"{self._devices}/{job.terminal}"
        return Manner(_asks_for_keys(path), serves(job.pids), _quiet(path))

    def _look(self) -> Iterator[Process]:
        for name in os.listdir(self._proc):  # noqa: PTH208 - lean start, no pathlib
            if name.isdecimal():
                found = read_process(f"{self._proc}/{name}")
                if found is not None:
                    yield found


def _asks_for_keys(path: str) -> bool:
    """Tell whether a program gets each key as it is pressed, instead of whole lines."""
    try:
        terminal = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return not termios.tcgetattr(terminal)[3] & termios.ICANON
    except termios.error:
        return False
    finally:
        os.close(terminal)


def _quiet(path: str) -> float:
    """Return seconds since a program last read from a terminal."""
    try:
        return max(0.0, time.time() - os.stat(path).st_atime)  # noqa: PTH116 - lean start, no pathlib
    except OSError:
        return float("inf")


def read_process(folder: str) -> Process | None:
    """Return what a folder of /proc tells; None when the process is gone."""
    try:
        with open(f"{folder}/stat", "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            stat = file.read()
        with open(f"{folder}/cmdline", "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            command = file.read(4096)
    except OSError:
        return None
    # The name, in parentheses, may hold anything: numbers begin after the last one (proc(5)).
    fields = stat.rpartition(b")")[2].split()
    return Process(
        pid=int(stat.partition(b" ")[0]),
        session=int(fields[3]),
        command=command,
        used=sum(int(one) for one in fields[11:15]) / _TICKS,
        parent=int(fields[1]),
        group=int(fields[2]),
        terminal=pts(int(fields[4])),
        front=int(fields[5]),
        age=time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / _TICKS,
    )
