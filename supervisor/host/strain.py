"""What the workspace takes over the day, what runs out, and what was killed for it.

Looks are those of host/vitals.py; nothing here waits.
"""

import json
import os
import time
from collections.abc import Callable, Mapping

from supervisor.core import strain
from supervisor.core.day import Samples
from supervisor.host.journal import note
from wire.agent import MACHINE_FOLDER
from wire.phases import Condition
from wire.usage import Day, Usage

KILLED_FILE = f"{MACHINE_FOLDER}/killed"
HELD_FILE = f"{MACHINE_FOLDER}/held"
CROWDED = 0.5
"""Part of the memory's limit from which it is looked who has it: never while there is room."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST = 65536


class Strain:
    """`say` gets lines for the workspace's log."""

    def __init__(
        self, say: Callable[[str], None], *, killed: str = KILLED_FILE, proc: str = "/proc"
    ) -> None:
        self._say = say
        self._killed = killed
        self._proc = proc
        self._samples = Samples()
        self._warnings = strain.Warnings()
        self._kills = strain.Kills()
        self._table: Mapping[int, tuple[str, int]] = {}
        self.day: Day | None = None
        self.complete = 0
        """Minutes that have been measured since this start."""

    def look(self, usage: Usage, kills: int, disk_size: int, held: int = 0) -> bool:
        """Take in a measurement; tells whether there is news.

        `held` are bytes of its own disk that the machine has no room for; the limit is without.
        """
        conditions = self.conditions
        complete = self._samples.take(usage, time.monotonic())
        if complete:
            self.day = self._samples.told()
            self.complete += 1
        before, crowded = self._table, usage.memory > CROWDED * usage.memory_limit > 0
        self._table = sizes(self._proc) if crowded or before else {}
        said = self._warnings.look(usage, disk_size, strain.largest(self._table), held)
        gone = strain.gone(before, self._table)
        names = killed_names(self._killed) if kills else []
        killed = self._kills.look(kills, names, gone, usage.memory_limit)
        for one in [*said, *([killed] if killed else [])]:
            note("strained", said=one)
            self._say(one)
        if not crowded:
            self._table = {}
        return complete or self.conditions != conditions

    @property
    def level(self) -> int:
        """Per cent of its own disk that people are warned of; 0 for none."""
        return self._warnings.level

    @property
    def scarce(self) -> str:
        """The warning of a disk on which there is hardly anything left; empty otherwise."""
        return self._warnings.disk if self.level == strain.LEVELS[0] else ""

    def recall(self, kept: bytes) -> None:
        """Go on with the day that an earlier start has kept."""
        self._samples.recall(kept, time.time(), time.monotonic())
        self.day = self._samples.told()

    def kept(self) -> bytes:
        """Return the day for the next start."""
        return self._samples.kept(time.time(), time.monotonic())

    @property
    def conditions(self) -> dict[Condition, str]:
        """What people have to know now."""
        found = {
            Condition.MEMORY_LOW: self._warnings.memory,
            Condition.DISK_LOW: self._warnings.disk,
            Condition.PROCESS_KILLED: self._kills.text,
        }
        return {name: text for name, text in found.items() if text}


def killed_names(path: str) -> list[tuple[int, str]]:
    """Return (number, name) of what the node has read in the kernel's log, oldest first."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            found = json.loads(file.read(_MOST))
        return [(int(one["number"]), str(one["name"])) for one in found]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def held_back(path: str = HELD_FILE) -> int:
    """Return the bytes of its own disk that the machine has no room for now."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            return int(file.read(_MOST))
    except (OSError, ValueError):
        return 0


def sizes(proc: str) -> dict[int, tuple[str, int]]:
    """Return pid → (name, bytes in memory) of every process but the supervisor."""
    found = {}
    for pid in os.listdir(proc):  # noqa: PTH208 - lean start, no pathlib
        if not pid.isdecimal() or pid == "1":
            continue
        try:
            with open(f"{proc}/{pid}/stat", "rb") as file:  # noqa: PTH123 - lean start, no pathlib
                stat = file.read()
        except OSError:  # ended meanwhile
            continue
        name, _, rest = stat.partition(b"(")[2].rpartition(b")")
        found[int(pid)] = (name.decode(errors="replace"), int(rest.split()[21]) * _PAGE)
    return found
