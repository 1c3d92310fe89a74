"""Terminals with a shell, found in /proc: VS Code's as well as the supervisor's own."""

import os
from collections.abc import Mapping

from supervisor.core.jobs import place, pts
from wire.agent import TerminalReport

MOST = 100
"""Terminals that are told: all that the supervisor may have, which come first."""


def look(own: Mapping[int, str], proc: str = "/proc") -> list[TerminalReport]:
    """Return a report for each session that has a terminal; `own` is pid → the supervisor's id.

    Those come first, in the order of `own`.
    """
    opened, found = list(own.values()), []
    for pid in os.listdir(proc):  # noqa: PTH208 - lean start, no pathlib
        if not pid.isdecimal():
            continue
        fields = stat(f"{proc}/{pid}/stat")
        if len(fields) < 6 or fields[3] != pid:  # no leader of a session
            continue
        number = pts(int(fields[4]))
        if number < 0:
            continue
        front = _name(f"{proc}/{fields[5]}/comm") or _name(f"{proc}/{pid}/comm")
        name = own.get(int(pid), f"pts/{number}")
        found.append(TerminalReport(id=name, title=front, last=_last(f"/dev/pts/{number}")))
    return sorted(found, key=lambda one: place(one.id, opened))[:MOST]


def stat(path: str) -> list[str]:
    """Return state, ppid, pgrp, session, tty_nr, tpgid, …: what follows the name in parentheses."""
    try:
        with open(path) as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):  # ended meanwhile
        return []


def _name(path: str) -> str:
    try:
        with open(path, errors="replace") as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read().strip()
    except OSError:
        return ""


def _last(path: str) -> float:
    try:
        seen = os.stat(path)  # noqa: PTH116 - lean start, no pathlib
    except OSError:
        return 0.0
    return float(int(max(seen.st_atime, seen.st_mtime)))
