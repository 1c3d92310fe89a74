"""Processes in the order in which they began: numbers of processes begin anew at the largest."""

from collections.abc import Iterable
from pathlib import Path

_PARENT, _BEGAN = 1, 19
"""Fields of /proc/<pid>/stat behind the name of the program."""


def by_age(pids: Iterable[int]) -> list[int]:
    """Return them oldest first, a parent before its children; without those that have ended."""
    found: dict[int, list[str]] = {}
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[pid] = stat.rpartition(")")[2].split()

    def age(pid: int) -> tuple[int, int]:
        depth, above = 0, int(found[pid][_PARENT])
        while above in found:
            depth, above = depth + 1, int(found[above][_PARENT])
        return int(found[pid][_BEGAN]), depth

    return sorted(found, key=age)
