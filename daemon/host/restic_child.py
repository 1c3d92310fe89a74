"""The helper process that works on one repository: restic in its box, told by a plan.

Run as `python -I -S -c …` with a plan (JSON, one line) on stdin, the repository's key in it.
stdout is lines of JSON, progress first and one answer last; of an export it is the exported
bytes. stderr is restic's own; exit code 3 says that restic has failed and told why there.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from daemon.host import restic_files, restic_key, restic_locks, restic_owner
from daemon.host.restic_backup import backup
from daemon.host.restic_box import run_inside
from daemon.host.restic_reading import browse, export, points
from daemon.host.restic_repair import repair, unreadable
from daemon.host.restic_restore import restore
from daemon.host.restic_run import FAILED, PROGRAM, ResticFailed
from daemon.host.restic_tidy import drop, forget, look, start

NO_PROGRAM: Final = "restic is not installed on this node"
_TASKS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]]] = {
    "start": start,
    "look": look,
    "backup": backup,
    "points": points,
    "browse": browse,
    "export": export,
    "restore": restore,
    "forget": forget,
    "repair": repair,
    "unreadable": unreadable,
    "drop": drop,
}


def main() -> None:
    """Read the plan, and carry it out in a box."""
    plan = json.loads(sys.stdin.buffer.readline())
    if plan["task"] in {"start", "repair"}:
        restic_key.load(plan["libraries"])
    if plan.get("store"):
        restic_files.load(plan["libraries"])
    run_inside(plan, work)


def work(plan: dict[str, Any]) -> int:
    """Do the plan's task; returns the exit code."""
    try:
        answer = _answer(plan)
    except ResticFailed as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    if answer is not None:
        print(json.dumps(answer))  # noqa: T201 -- the helper's answer
    return 0


def _answer(plan: dict[str, Any]) -> dict[str, Any] | None:
    if not os.access(PROGRAM, os.X_OK):
        raise ResticFailed(NO_PROGRAM)
    restic_locks.take(plan)
    restic_owner.check(plan)
    return _TASKS[plan["task"]](plan)
