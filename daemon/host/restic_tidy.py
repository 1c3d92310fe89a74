"""Beginning a repository, and taking restore points out of it."""

import os
from pathlib import Path
from typing import Any, Final

from daemon.host.restic_box import PASSWORD, REPOSITORY
from daemon.host.restic_key import fresh
from daemon.host.restic_run import restic
from daemon.host.restic_verify import verify

_UNUSED: Final = "10%"
"""Of the repository that prune may leave unused, since rewriting packs is what costs."""


def start(_plan: dict[str, Any]) -> dict[str, Any]:
    """Make a repository in the empty folder."""
    folder = Path(REPOSITORY)
    for name in ("keys", "index", "snapshots", "locks", *(f"data/{n:02x}" for n in range(256))):
        (folder / name).mkdir(parents=True)
    for name, content in fresh(Path(PASSWORD).read_text().strip()).items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o400)
    return {}


def forget(plan: dict[str, Any]) -> dict[str, Any]:
    """Remove snapshots by id, with what only they need; returns newly verified packs."""
    take_over()
    present = set(os.listdir(f"{REPOSITORY}/snapshots"))  # noqa: PTH208 -- names are all
    wanted = [one for one in plan["snapshots"] if one in present]
    if wanted:
        restic("forget", *wanted)
    restic("prune", "--max-unused", _UNUSED)
    return {"verified": verify(plan["verified"], taken_out=True)}


def take_over() -> None:
    """Remove what a killed restic has left: its lock, and files that it had not finished.

    The daemon lets one process at a time write to a repository; nobody else can reach it.
    """
    for lock in Path(REPOSITORY, "locks").iterdir():
        lock.unlink()
    for half in Path(REPOSITORY).rglob("*-tmp-*"):
        half.unlink()
