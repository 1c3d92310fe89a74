"""From counters of the kernel to what a workspace takes. Pure.

Counters come as the files of cgroup v2 or v1 have them; whatever is not there stays 0.
"""

from dataclasses import dataclass

from wire.usage import Usage

_UNLIMITED = 1 << 60
"""Bytes; cgroup v1 tells no limit as a number near 2**63."""


@dataclass(frozen=True, slots=True)
class Counters:
    """One reading; `cpu` are seconds of processor time since the cgroup began."""

    at: float
    """Monotonic seconds."""
    cpu: float = 0.0
    cores: float = 0.0
    memory: int = 0
    memory_limit: int = 0
    processes: int = 0
    processes_limit: int = 0
    kills: int = 0
    """Programs that were killed for want of memory, since the cgroup began."""


def known(counters: Counters) -> bool:
    """Tell whether anything of it could be read."""
    return counters != Counters(counters.at)


def between(before: Counters, after: Counters) -> Usage:
    """Return what was taken between two readings."""
    elapsed = max(after.at - before.at, 0.001)
    return Usage(
        cpu=round(max(after.cpu - before.cpu, 0.0) / elapsed, 3),
        cores=after.cores,
        memory=after.memory,
        memory_limit=after.memory_limit,
        processes=after.processes,
        processes_limit=after.processes_limit,
    )


def differs(told: Usage | None, now: Usage) -> bool:
    """Tell whether somebody who looks would see a difference, e.g. a hundredth of a core."""
    if told is None:
        return True
    grain = max(told.memory_limit, 1 << 30) // 200
    return (
        abs(told.cpu - now.cpu) >= 0.01
        or abs(told.memory - now.memory) >= grain
        or told.processes != now.processes
        or (told.disk, told.cores, told.memory_limit) != (now.disk, now.cores, now.memory_limit)
        or (told.disk_limit, told.folders) != (now.disk_limit, now.folders)
        or abs(told.disk_free - now.disk_free) >= (now.disk_limit // 100 or 1 << 30)
    )


def cpu_seconds(stat: str, nanoseconds: str) -> float:
    """Read `cpu.stat` of v2, else `cpuacct.usage` of v1."""
    for line in stat.splitlines():
        name, _, value = line.partition(" ")
        if name == "usage_usec":
            return number(value) / 1e6
    return number(nanoseconds) / 1e9


def cores(maximum: str, quota: str, period: str) -> float:
    """Read `cpu.max` of v2, else the quota and period of v1; 0 is no limit."""
    words = maximum.split()
    if len(words) == 2:
        quota, period = words
    if not quota.strip().isdigit() or not number(period):
        return 0.0
    return number(quota) / number(period)


def working_memory(used: str, stat: str) -> int:
    """Return bytes in use without files that were read and not since: the kernel drops these."""
    for line in stat.splitlines():
        name, _, value = line.partition(" ")
        if name in {"inactive_file", "total_inactive_file"}:
            return max(number(used) - number(value), 0)
    return number(used)


def kills(events: str) -> int:
    """Read `memory.events` of v2, or `memory.oom_control` of v1."""
    for line in events.splitlines():
        name, _, value = line.partition(" ")
        if name == "oom_kill":
            return number(value)
    return 0


def limit(text: str) -> int:
    """Read a limit; `max` and what no machine has are 0."""
    found = number(text)
    return found if found < _UNLIMITED else 0


def number(text: str) -> int:
    """Read a number; anything else is 0."""
    stripped = text.strip()
    return int(stripped) if stripped.isdigit() else 0
