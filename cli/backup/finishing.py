"""Puts what a restore has made ready into its place.

Until the folder with what is ready is renamed, nothing has happened: what a kill leaves is
removed by whoever comes next. From then on all has happened: what a kill leaves undone is
finished by whoever comes next, `podium up` or `podium restore`.
"""

import os
import shutil
import time
from pathlib import Path

from cli.launcher.paths import real
from kit.folders import sync_folder
from wire.layout import Layout

HALF = ".restoring"
"""What is being made ready, in the data folder."""
READY = ".restored"
"""What is whole, and goes into its place."""
_ASIDE = "aside"
"""File in it: the name of the folder that keeps what was there before."""
SETTINGS_FILE = "restored-settings.sh"
_COMING = ("server", "master.key", "ssh", "installation", SETTINGS_FILE)
_GOING = ("proxy", "cli.token")
"""Names in the data folder that a restore replaces, and those that say what is true no longer."""


def commit(layout: Layout, now: float) -> Path | None:
    """Let what is ready take its place; returns the folder that keeps what was there before."""
    home = real(layout.home)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    (home / HALF / _ASIDE).write_text(f"before-restore-{stamp}")
    _sync(home / HALF)
    (home / HALF).rename(home / READY)
    sync_folder(home)
    return finish(layout)


def finish(layout: Layout) -> Path | None:
    """Do what a restore has left undone, and forget one that never was; again is fine.

    Returns the folder that keeps what was there before, None when nothing was.
    """
    home = real(layout.home)
    clear(layout)
    ready = home / READY
    if not ready.is_dir():
        return None
    aside = home / (ready / _ASIDE).read_text()
    moves = [(name, ready / name) for name in _COMING if (ready / name).exists()]
    for name, fresh in [*moves, *((name, None) for name in _GOING)]:
        place = home / name
        if place.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            place.rename(aside / name)
            sync_folder(aside)
        if fresh is not None:  # what was moved in before a kill is not there any more
            fresh.rename(place)
        sync_folder(home)
    ready.rename(home / HALF)
    clear(layout)
    return aside if aside.exists() else None


def clear(layout: Layout) -> None:
    """Remove the half of a restore that never was."""
    half = real(layout.home) / HALF
    if half.exists():
        shutil.rmtree(half)


def _sync(folder: Path) -> None:
    for one in sorted(folder.rglob("*"), reverse=True):
        if one.is_dir():
            sync_folder(one)
        else:
            with one.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
