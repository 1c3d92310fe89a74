"""Output of containers' first processes: kept, but never without end."""

import asyncio
import json
import os
from pathlib import Path
from typing import Final

import structlog

_log = structlog.get_logger(__name__)
MOST: Final = 16 << 20
"""Bytes of one log file; a supervisor writes a few lines an hour."""
_TAIL: Final = 16 << 10
"""Bytes in which the last words are looked for."""
_LONGEST: Final = 300
_EVERY: Final = 30.0
"""Seconds between looks."""


def make(path: Path) -> None:
    """Make an empty log file, readable for the group of the installation's log folder."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o750, exist_ok=True)
        os.chown(folder, 0, folder.parent.stat().st_gid)
    path.touch(mode=0o640)
    os.chown(path, 0, path.parent.stat().st_gid)


def last_words(path: Path) -> str:
    """Return why the first process says that it has ended; empty when it did not say.

    Whoever is root inside can write there as well: it is text for people, and nothing is
    concluded from it.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _TAIL, 0))
            lines = file.read(_TAIL).splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        if b'"ended"' in line:
            try:
                why = json.loads(line)["why"]
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(why, str):
                return "".join(one for one in why[:_LONGEST] if one.isprintable())
    return ""


async def keep_short(folder: Path) -> None:
    """Empty files that have grown too long, for ever; writers append, so they go on."""
    while True:
        await asyncio.to_thread(shorten, folder)
        await asyncio.sleep(_EVERY)


def shorten(folder: Path) -> None:
    """Empty the log files below the folder that are longer than `MOST`."""
    for path in folder.glob("*/*.log"):
        if not path.is_symlink() and path.stat().st_size > MOST:
            _log.warning("workspace_log_emptied", path=str(path))
            with path.open("r+b") as file:
                file.truncate(0)
