"""What the platform takes when nobody does anything: PSS of each of its processes."""

import time
from pathlib import Path

from tests.e2e.installation import Installation

QUIET = 60.0
"""Seconds without a request before it is read."""


def memory(installation: Installation) -> dict[str, float]:
    """Return MB for each platform process and what it has started, after a quiet minute."""
    time.sleep(QUIET)
    named = {one["pid"]: name for name, one in installation.platform_processes().items()}
    parents = _parents()
    found: dict[str, float] = dict.fromkeys(named.values(), 0.0)
    for pid in parents:
        owner = pid
        while owner not in named and owner in parents:
            owner = parents[owner]
        if owner in named:
            found[named[owner]] += _proportional(pid)
    return found


def _parents() -> dict[int, int]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has ended
    return found


def _proportional(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)
