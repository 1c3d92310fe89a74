"""A new disk: there whole or not at all, and why one cannot be made."""

import os
import shutil
from pathlib import Path
from typing import Final

import structlog

from daemon.core.content import DISK_FULL
from daemon.host import ext4
from kit.folders import sync_folder

_log = structlog.get_logger(__name__)
IMAGE: Final = "image"


def form(folder: Path, size: int) -> None:
    """Make a folder with an empty disk of so many bytes in it; blocks. Raises OSError."""
    growing = folder.with_name(f".new-{folder.name.lstrip('.')}")
    if growing.exists():
        shutil.rmtree(growing)
    growing.mkdir(mode=0o700)
    image = growing / IMAGE
    image.touch(mode=0o600)
    try:
        os.truncate(image, size)
        ext4.make(image, size)
        sync_folder(growing)
    except OSError:
        shutil.rmtree(growing)
        raise
    if folder.exists():
        shutil.rmtree(folder)
    growing.rename(folder)


def why(error: OSError) -> str:
    """Return what the machine lacks, in words."""
    if isinstance(error, FileNotFoundError):
        return f"{error.filename} is missing on this machine"
    return f"{error.filename or 'a loop device'}: {error.strerror}"


def reason(error: OSError) -> str:
    """Return why what passed the trial could not be made after all.

    A full node is no reason, since a folder would have no room either: the error is raised.
    """
    if error.errno in DISK_FULL:
        raise error
    _log.warning("no_disk_made", reason=why(error), exc_info=error)
    return why(error)
