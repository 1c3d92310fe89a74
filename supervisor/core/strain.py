"""What runs out, and what was killed for it: warnings that stay until there is room again. Pure."""

from collections.abc import Mapping, Sequence

from supervisor.core.front import one_line
from wire.usage import Usage

MEMORY_FROM, MEMORY_UNTIL = 0.9, 0.8
"""Parts of the memory's limit at which a warning begins and ends."""
DISK_LEAST, DISK_MOST, DISK_PART = 1 << 30, 10 << 30, 0.02
"""The disk is low below a fiftieth of it that is free, between one and ten GiB; the warning ends
with a fifth more."""
LEVELS = (95, 90, 80)
"""Per cent of a workspace's own disk at which it is warned of, anew at each; a warning ends
when so much is free again that it is not back in a moment."""
LET_GO = 3
"""Per cent below its level at which a warning ends."""
PATIENCE = 2
"""Looks for which the kernel's own word on who was killed is waited for."""


class Warnings:
    """Texts do not change while a warning lasts, so that nobody is told the same again."""

    def __init__(self) -> None:
        self.memory = ""
        self.disk = ""
        self.level = 0
        """Per cent of the disk that the warning is of; 0 for none, or none of its own."""
        self._machines = False
        """It is the machine that has no room for more."""

    def look(self, usage: Usage, disk_size: int, largest: str, held: int = 0) -> list[str]:
        """Take in what is taken now; returns the warnings that are new.

        `disk_size` in bytes, 0 when not known; `largest` is the program with the most memory;
        `held` are bytes that the workspace's own disk has besides, without room on the machine.
        """
        before = (self.memory, self.disk)
        part = usage.memory / usage.memory_limit if usage.memory_limit else 0.0
        if part < MEMORY_UNTIL:
            self.memory = ""
        elif part >= MEMORY_FROM and not self.memory:
            who = f", most of it by {largest}" if largest else ""
            self.memory = (
                f"{part:.0%} of the memory ({size(usage.memory_limit)}) is in use{who}. "
                "When there is none left, a program is killed."
            )
        if usage.disk_limit:
            self._own_disk(usage, held)
        else:
            self._shared_disk(usage, disk_size)
        now = (self.memory, self.disk)
        return [one for one, earlier in zip(now, before, strict=True) if one and one != earlier]

    def _own_disk(self, usage: Usage, held: int) -> None:
        used = 100 * (1 - usage.disk_free / usage.disk_limit)
        level = next((one for one in LEVELS if used >= one), 0)
        if level < self.level and used > self.level - LET_GO:
            level = self.level
        if (level, held > 0) == (self.level, self._machines):
            return
        self.level, self._machines, self.disk = level, held > 0, ""
        if level and held:
            self.disk = (
                f"The machine's own disk is nearly full: {size(usage.disk_free)} can still be "
                f"written, though {size(usage.disk_free + held)} of the workspace's are free."
            )
        elif level:
            self.disk = (
                f"More than {level}% of the workspace's disk ({size(usage.disk_limit)}) is in use: "
                f"{size(usage.disk_free)} are free."
            )

    def _shared_disk(self, usage: Usage, disk_size: int) -> None:
        low = min(max(disk_size * DISK_PART, DISK_LEAST), DISK_MOST)
        if not disk_size or usage.disk_free >= low * 1.2:
            self.disk = ""
        elif usage.disk_free < low and not self.disk:
            self.disk = f"Only {size(usage.disk_free)} of the disk are free."


class Kills:
    """The last program that was killed for want of memory.

    The kernel counts for the control group, and names who it was in its log, which only the
    node may read; what it said comes a moment later, or never. Then it is the largest program
    that has gone since the look before.
    """

    def __init__(self) -> None:
        self.text = ""
        self._counted = 0
        self._named = -1
        self._patience = 0
        self._gone = ""

    def look(self, counted: int, names: Sequence[tuple[int, str]], gone: str, limit: int) -> str:
        """Take in the kernel's count and its (number, name) so far; returns what is new to say."""
        if counted > self._counted:
            self._counted, self._patience, self._gone = counted, PATIENCE + 1, gone
        if not self._patience:
            return ""
        self._patience -= 1
        last, name = names[-1] if names else (-1, "")
        if last > self._named:
            who = one_line(name) or "A program"
        elif self._patience:
            return ""
        else:
            who = f"{self._gone} (probably)" if self._gone else "A program"
        self._named, self._patience = last, 0
        count = f"; {self._counted} so far" if self._counted > 1 else ""
        memory = f" ({size(limit)})" if limit else ""
        self.text = f"{who} was killed: all of the memory{memory} was in use{count}."
        return self.text


def largest(table: Mapping[int, tuple[str, int]]) -> str:
    """Return the name of the largest of pid → (name, bytes); empty for none."""
    return max(table.values(), key=lambda one: one[1], default=("", 0))[0]


def gone(before: Mapping[int, tuple[str, int]], now: Mapping[int, tuple[str, int]]) -> str:
    """Return the name of the largest that is not there any more."""
    return largest({pid: one for pid, one in before.items() if pid not in now})


def size(count: int) -> str:
    """Return bytes for people, of a thousand each as on the page."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
