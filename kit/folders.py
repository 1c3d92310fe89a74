"""Folders whose names outlive a crash of the machine."""

import os
from pathlib import Path


def sync_folder(path: Path) -> None:
    """Make names in the folder (renames, new files) safe on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
