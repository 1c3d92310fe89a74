"""Which commands keep a workspace awake, though they may only wait. Pure.

A job is what runs in front of a terminal whose shell waits for it. Whether it does something
cannot be seen: a download, a deployment and `sleep` look alike. So a job is work for a time
that has an end, and some that only look like jobs are none:

- what asks for single keys (an editor, a pager, ssh) waits for a person, whose keys count;
- what listens on a port waits for requests, which the proxy counts;
- what has been in front for longer than the limit, unless it was typed to since then.

Commands that the repository's file names are work wherever they run, each for a day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from supervisor.core.front import one_line
from supervisor.core.idle import Process

NAMED_LIMIT = 24 * 3600.0
"""Seconds for which a command that the file names is work: the longest timeout that there is."""
_PTS = range(136, 144)
"""Major numbers of /dev/pts, as the kernel's devices.txt has them."""
LONGEST = 60
"""Characters of a command for people."""
_SHELLS = frozenset({"sh", "bash", "zsh", "fish", "dash", "ash", "ksh", "tcsh", "csh", "nu"})
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-")
"""Characters of a word that is told: no address with a password, no assignment, no text."""
_RUNNERS = frozenset({"node", "python", "python3", "ruby", "perl", "php", "bun", "deno", *_SHELLS})
"""Programs of which the second word says what runs."""


@dataclass(frozen=True, slots=True)
class Job:
    """A command in front of a terminal."""

    session: int
    terminal: int
    """Number in /dev/pts."""
    group: int
    pids: tuple[int, ...]
    """Of its process group."""
    what: str


@dataclass(frozen=True, slots=True)
class Manner:
    """How a job uses its terminal; `quiet` is seconds since it last read input."""

    keys: bool
    """Whether it asks for single keys."""
    serves: bool
    """Whether it listens on a port."""
    quiet: float


def words(command: bytes) -> list[str]:
    """Return a command line as it was started, the program without its folder."""
    found = [one.decode(errors="replace") for one in command.rstrip(b"\0").split(b"\0")]
    if len(found) == 1:  # a title that the program gave itself, such as `npm test`
        found = found[0].split()
    return [found[0].rpartition("/")[2].lstrip("-"), *found[1:]] if found else []


def told(command: bytes) -> str:
    """Return a command for people: the program, and the first word that says what it does.

    Options and everything that may hold a secret are left out: this is shown on pages.
    """
    program, *rest = words(command) or [""]
    if program in _RUNNERS:
        if rest[:1] == ["-m"] and len(rest) > 1:
            return one_line(" ".join([program, "-m", *_plain(rest[1:2])]))[:LONGEST]
        if rest and _plain(rest[:1]) and "/bin/" in rest[0]:  # node /usr/bin/npm test
            program, rest = rest[0].rpartition("/")[2], rest[1:]
    return one_line(" ".join([program, *_plain(rest[:1])]))[:LONGEST]


def _plain(found: Sequence[str]) -> list[str]:
    return [one for one in found if one[:1] not in {"-", ""} and _PLAIN.issuperset(one)]


def pts(device: int) -> int:
    """Return the number in /dev/pts of a device number of proc(5), -1 for another device."""
    major, minor = (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00)
    return (major - _PTS.start) * 256 + minor if major in _PTS else -1


def terminals(processes: Iterable[Process]) -> list[Process]:
    """Return the process that leads each terminal's session."""
    return [one for one in processes if one.pid == one.session and one.terminal >= 0]


def places(
    processes: Iterable[Process], own: Mapping[int, str], tasks: Mapping[str, str]
) -> dict[int, str]:
    """Return session → what people call its terminal, in the order of the workspace's page.

    `own` is pid → the supervisor's id in the order of opening, `tasks` that id → the task's name.
    """
    named = {one.pid: own.get(one.pid, f"pts/{one.terminal}") for one in terminals(processes)}
    opened = list(own.values())
    order = sorted(named, key=lambda pid: place(named[pid], opened))
    return {
        pid: f"task {tasks[named[pid]]}" if named[pid] in tasks else f"terminal {number}"
        for number, pid in enumerate(order, 1)
    }


def place(name: str, opened: Sequence[str]) -> tuple[int, int, str]:
    """Return what terminals are put in order by: the supervisor's own come first, as `opened`.

    That is their order on the page of terminals: a number means the same on every page.
    """
    return opened.index(name) if name in opened else len(opened), len(name), name


def jobs(processes: Collection[Process]) -> list[Job]:
    """Return what is in front of each terminal, where that is not a shell that waits."""
    found = []
    for leader in terminals(processes):
        group = [one for one in processes if one.group == leader.front]
        if not group or (group == [leader] and _is_shell(leader)):
            continue
        first = next((one for one in group if one.pid == leader.front), group[0])
        shown = next((one for one in group if one.pid != leader.pid), first)
        what = shown if first == leader and _is_shell(leader) else first
        pids = tuple(one.pid for one in group)
        found.append(Job(leader.pid, leader.terminal, leader.front, pids, told(what.command)))
    return found


def _is_shell(one: Process) -> bool:
    return (words(one.command) or [""])[0] in _SHELLS


class Endurance:
    """Remembers for how long each terminal has had a job in front; times are monotonic."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def at_work(self, found: Mapping[Job, Manner], now: float, limit: float | None) -> list[Job]:
        """Return the jobs that are work now; `limit` in seconds, None for no end.

        A loop in a shell is one job after another: only a look that finds the shell at its
        prompt begins a new time.
        """
        self._since = {one.session: self._since.get(one.session, now) for one in found}
        return [
            one
            for one, manner in found.items()
            if not manner.keys
            and not manner.serves
            and (limit is None or min(now - self._since[one.session], manner.quiet) < limit)
        ]


def named(processes: Iterable[Process], patterns: Sequence[str]) -> list[Process]:
    """Return what the file names, the oldest of each pattern; `*` is any text."""
    young = [one for one in processes if one.age < NAMED_LIMIT]
    found: dict[str, Process] = {}
    for one in sorted(young, key=lambda one: -one.age):
        for pattern in patterns:
            if pattern not in found and any(fits(pattern, text) for text in _spelled(one)):
                found[pattern] = one
    return list({one.pid: one for one in found.values()}.values())


def _spelled(one: Process) -> list[str]:
    """Return the ways to write a command: as it was started, and without what runs it."""
    program, *rest = words(one.command) or [""]
    found = [" ".join([program, *rest])]
    if program in _RUNNERS and rest:
        found.append(" ".join([rest[0].rpartition("/")[2], *rest[1:]]))
    return found


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text is as a pattern says; in linear time, whatever the file holds."""
    first, *middle = pattern.strip().split("*")
    if not middle:
        return first == text
    *middle, last = middle
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return text.endswith(last)
