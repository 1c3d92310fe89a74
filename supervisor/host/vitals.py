"""What pages show of a workspace while it runs: what it takes, its terminals, the log.

Measured every few seconds, told only when somebody who looks would see a difference.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from typing import Final, TypedDict

from msgspec.structs import replace

from supervisor.core.largest import greeting, largest
from supervisor.core.said import Said
from supervisor.core.usage import between, differs, known
from supervisor.host import cgroup, dayfile, shells
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.strain import Strain, held_back
from supervisor.host.terminals import KEPT, MAIN, Terminals
from wire.agent import SaidLine, TerminalReport
from wire.phases import Condition
from wire.usage import Day, Folder, Usage

LOOK_EVERY = 3.0
DISK_EVERY = 600.0
"""Seconds between looks. du also rests for thirty times as long as it took, so that
looking at a large tree is never taken for work that keeps a workspace awake."""
FIRST = 5.0
"""Seconds after the checkout until du looks: at first people wait for their editor."""
_DEEP = 3
"""Folders below each other that are counted one by one."""
_BREATH = 30.0
"""Seconds between two looks at least, however fast the disk fills up."""
PATIENCE = 60.0
"""Seconds after which du is given up."""
_PIECE = 64 * 1024
"""Bytes of a source that are read at a time: what is more was never going to be read by people."""
_QUIET = 20.0
"""Seconds by which a terminal's last moment may be old on pages."""

_PLACES: Final = {"/workspace": "/workspace", "/home/gitpod": "/home"}
"""What is shown of a disk of the workspace's own → where on that it lies."""


class Told(TypedDict):
    """The fields of `Observed` that come from here."""

    shells: list[TerminalReport]
    usage: Usage | None
    said: list[SaidLine]
    day: Day | None
    conditions: dict[Condition, str]


class Vitals:
    """`changed` is told when there is something to tell."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        terminals: Terminals,
        changed: Callable[[], None],
        *,
        log: str,
        kept: str = KEPT,
        root: str = cgroup.ROOT,
        first: float = FIRST,
        every: float = LOOK_EVERY,
        proc: str = "/proc",
        mounts: str = "/proc/self/mountinfo",
    ) -> None:
        self.said = Said()
        self._reaper = reaper
        self._account = account
        self._terminals = terminals
        self._changed = changed
        self._log = log
        self._kept = kept
        self._root = root
        self._first = first
        self._every = every
        self._proc = proc
        self._own_disk = own_disk(mounts)
        self._before = cgroup.read(root)
        self._usage: Usage | None = None
        self._shells: list[TerminalReport] = []
        self._disk = 0
        self._folders: list[Folder] = []
        self._hurry = asyncio.Event()
        """The disk fills up: what takes it is looked for at once."""
        self._read: dict[str, int] = {}
        """Source → how far its output has been taken in."""
        self._version = 0
        self.strain = Strain(lambda text: self.say("resources", text.encode()))

    def told(self) -> Told:
        """Return what was seen last."""
        self._version = self.said.version
        return {
            "shells": self._shells,
            "usage": self._usage,
            "said": self.said.lines,
            "day": self.strain.day,
            "conditions": self.strain.conditions,
        }

    @property
    def usage(self) -> Usage | None:
        """What was measured last; None before."""
        return self._usage

    def greeting(self) -> str:
        """Return what a new terminal begins with; empty while there is room on the disk."""
        return greeting(self.strain.scarce, self._folders)

    def say(self, source: str, data: bytes) -> None:
        """Add a whole piece of output to the log."""
        now = time.time()
        self.said.feed(source, data, now)
        self.said.end(source, now)

    async def run(self, names: Callable[[], Mapping[str, str]]) -> None:
        """Look for ever; `names` gives terminal → name of its task."""
        await asyncio.sleep(self._every)
        self.strain.recall(await asyncio.to_thread(dayfile.load, self._kept))
        kept = 0
        while True:
            try:
                self.look(names())
            except (OSError, ValueError) as error:  # figures are not worth a workspace's life
                note("vitals_unknown", error=str(error))
            if self.strain.complete != kept:
                kept = self.strain.complete
                day = self.strain.kept()
                await asyncio.to_thread(dayfile.keep, self._kept, day, self._account)
            await asyncio.sleep(self._every)

    def look(self, names: Mapping[str, str]) -> None:
        """Measure once."""
        now = cgroup.read(self._root)
        disk_size, disk_free = _disk()
        # what is free is not kept back; a limit of nothing would be a disk that is not its own
        most = max(disk_size - max(disk_free, 1), 0)
        held = min(held_back(), most) if self._own_disk else 0
        if known(now) or self._usage is None:
            usage = replace(
                between(self._before, now),
                disk=self._disk,
                disk_free=disk_free,
                disk_limit=disk_size - held if self._own_disk else 0,
                folders=self._folders,
            )
            self._before = now
        else:  # what cannot be read for a moment is as it was
            usage, now = self._usage, self._before
        own = {one.pid: one.id for one in self._terminals.alive}
        found = shells.look(own, self._proc)
        level = self.strain.level
        news = self.strain.look(usage, now.kills, disk_size, held)
        if self.strain.level > level:
            self._hurry.set()
        self._listen(names)
        news = news or self.said.version != self._version
        if differs(self._usage, usage):
            self._usage, news = usage, True
        if _differ(self._shells, found):
            self._shells, news = found, True
        if news:
            self._changed()

    def _listen(self, names: Mapping[str, str]) -> None:
        """Take in what tasks and the IDE wrote since the last time."""
        now = time.time()
        for name, title in names.items():
            terminal = self._terminals.get(name)
            if name == MAIN or terminal is None or terminal.history.end == self._read.get(name, 0):
                continue
            _, data = terminal.history.since(self._read.get(name, 0))
            self._read[name] = terminal.history.end
            self.said.feed(title, data[-_PIECE:], now)
        self.said.feed("ide", self._tail(), now)

    def _tail(self) -> bytes:
        """Return what the IDE's log has grown by."""
        try:
            with open(self._log, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
                size = os.fstat(file.fileno()).st_size
                begin = self._read.get("ide", 0)
                file.seek(max(begin if begin <= size else 0, size - _PIECE))
                self._read["ide"] = size
                return file.read(_PIECE)
        except OSError:
            return b""

    async def follow_disk(self, environment: Mapping[str, str]) -> None:
        """Count what lies below /workspace and the home directory, for ever."""
        tops = ["/workspace", self._account.home]
        command = ["nice", "-n19", "du", "-kx", f"-d{_DEEP}", "--", *tops]
        await self._within(self._first)
        while True:
            self._hurry.clear()
            began = time.monotonic()
            lines = (await self._output(command, environment) or "").splitlines()
            counts = [line.partition("\t") for line in lines]
            self._disk = 1024 * sum(
                int(count) for count, _tab, path in counts if path in tops and count.isdigit()
            )
            self._folders = largest(lines, tops)
            took = time.monotonic() - began
            await asyncio.sleep(_BREATH)
            await self._within(max(DISK_EVERY, 30 * took))

    async def _within(self, seconds: float) -> None:
        """Wait so long, or until the disk fills up."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _output(self, command: list[str], environment: Mapping[str, str]) -> str | None:
        try:
            code, said = await output_of(
                command,
                self._reaper,
                self._account,
                environment,
                keep=4_000_000,
                seconds=PATIENCE,
            )
        except OSError:  # an image without du
            return None
        return said.decode(errors="replace") if code in {0, 1} else None


def _differ(told: list[TerminalReport], now: list[TerminalReport]) -> bool:
    if [(one.id, one.title) for one in told] != [(one.id, one.title) for one in now]:
        return True
    return any(abs(one.last - other.last) > _QUIET for one, other in zip(told, now, strict=True))


def own_disk(mounts: str) -> bool:
    """Tell whether its files lie on a disk of this workspace alone; see daemon/host/disks.py.

    A tree that stands on a snapshot is an overlay there: then the home tells, which lies beside it.
    """
    try:
        with open(mounts, errors="replace") as file:  # noqa: PTH123 - lean start, no pathlib
            lines = [line.split() for line in file]
    except OSError:
        return False
    last = {line[4]: line for line in lines if len(line) > 8 and line[4] in _PLACES}
    return any(
        line[-2].startswith("/dev/loop") and line[3] == _PLACES[line[4]] for line in last.values()
    )


def _disk() -> tuple[int, int]:
    """Return size and free bytes of the disk, as far as it is the person's."""
    try:
        found = os.statvfs("/workspace")
    except OSError:
        return 0, 0
    return found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
