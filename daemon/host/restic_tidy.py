"""Beginning a repository, looking what is in one, taking restore points out, removing it."""

import json
import socket
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from daemon.core.restic import BUSY, explain
from daemon.host.restic_box import PASSWORD, REPOSITORY
from daemon.host.restic_files import Files, files_of
from daemon.host.restic_key import fresh
from daemon.host.restic_run import ResticFailed, restic
from daemon.host.restic_verify import FOLDERS, verify

GONE: Final = "the repository is damaged: it has content and no config"
_UNUSED: Final = "10%"
"""Of the repository that prune may leave unused, since rewriting packs is what costs."""
_CONFIG: Final = "config"
_LIVES: Final = 600.0
"""Seconds since a lock was written after which nobody is behind it: restic writes it anew every
five minutes. Clocks may differ by the rest."""


def start(plan: dict[str, Any]) -> dict[str, Any]:
    """Make a repository: in the empty folder, or in the store, where its config comes last."""
    files = files_of(plan)
    if plan.get("store"):
        there = list(files.all())
        if any(one.path == _CONFIG for one in there):
            return {}
        if any(one.path.split("/")[0] in FOLDERS for one in there):
            raise ResticFailed(GONE)
        files.remove([one.path for one in there])  # of a beginning that was cut
    else:
        for name in ("keys", *FOLDERS, "locks", *(f"data/{n:02x}" for n in range(256))):
            Path(REPOSITORY, name).mkdir(parents=True, exist_ok=True)
    for path, content in fresh(Path(PASSWORD).read_text().strip()).items():
        files.write(path, content)
    return {}


def look(plan: dict[str, Any]) -> dict[str, Any]:
    """Return whether there is a repository, its snapshots and its size."""
    there = list(files_of(plan).all())
    return {
        "exists": any(one.path == _CONFIG for one in there),
        "snapshots": [one.name for one in there if one.path.startswith("snapshots/")],
        "size": sum(one.size for one in there),
    }


def forget(plan: dict[str, Any]) -> dict[str, Any]:
    """Remove snapshots by id, with what only they need; returns newly verified packs."""
    files = files_of(plan)
    take_over(files, plan)
    present = {one.name for one in files.all("snapshots")}
    wanted = [one for one in plan["snapshots"] if one in present]
    if wanted:
        restic("forget", *wanted)
    if not plan.get("lacking"):  # it would not run, not knowing what those need
        most = plan.get("repack")  # of packs that are written anew, where space is short
        bound = () if most is None else ("--max-repack-size", str(most))
        restic("prune", "--max-unused", _UNUSED, *bound)
    return {"verified": verify(files, plan["verified"], taken_out=True)}


def drop(plan: dict[str, Any]) -> dict[str, Any]:
    """Remove everything, what makes it a repository last; returns the bytes."""
    files = files_of(plan)
    there = list(files.all())
    files.remove([one.path for one in there if one.path != _CONFIG])
    files.remove([_CONFIG])
    return {"freed": sum(one.size for one in there)}


def take_over(files: Files, plan: dict[str, Any]) -> None:
    """Remove what a killed restic has left: its lock, and files that it had not finished.

    The daemon lets one process of its own at a time write to a repository. Another node's may be
    at work: its lock is left as long as it can be of one that lives. Raises ResticFailed then.
    `former` of the plan is another name that this node's locks have, of older versions.
    """
    own = {socket.gethostname(), plan.get("former")}
    locks = list(files.all("locks"))
    for lock in locks:
        if abs(time.time() - lock.written) < _LIVES and not _is_own(lock.name, own):
            raise ResticFailed(f"{BUSY}: another node has locked it: {lock.name}")
    files.remove([one.path for one in locks])
    for half in Path(REPOSITORY).rglob("*-tmp-*"):
        half.unlink()


def _is_own(lock: str, own: Collection[str | None]) -> bool:
    """Tell whether a lock is of a process of this node, or of nobody."""
    try:
        said = json.loads(restic("--no-lock", "cat", "lock", lock))
    except ResticFailed as error:
        if explain(str(error)).code.startswith("store_"):
            raise
        return True  # it has gone, or is no lock that restic could read
    return said.get("hostname", "") in own
