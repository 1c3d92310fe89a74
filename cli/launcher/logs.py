"""Keeps the logs of processes that run for months from filling the disk."""

import os
import shutil
from pathlib import Path

LIMIT = 32 * 1024 * 1024
"""Bytes of a log before it is set aside; the one before it is dropped then."""


def trim(log: Path, limit: int = LIMIT) -> bool:
    """Set a log that has grown too long aside as `<name>.1`; tells whether it did.

    Writers keep the file open for appending, so it is copied and emptied, never renamed;
    what they write between the two is lost, which a log can bear.
    """
    try:
        if log.stat().st_size <= limit:
            return False
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)
    except OSError:  # a full disk: the next look may find room
        return False
    return True
