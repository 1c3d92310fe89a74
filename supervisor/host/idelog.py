"""The log of the IDE's process: what it prints, and its last words."""

import os

LOG = "/var/log/podium-ide.log"
LIMIT = 5_000_000
"""Bytes after which a new start begins a new log."""
LAST_WORDS = 2000
"""Bytes of the log in which the reason of an exit is looked for."""


def open_log(path: str) -> int:
    """Return a descriptor to print to: of the log, or of nothing where it cannot be written."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        if os.path.exists(path) and os.path.getsize(path) > LIMIT:  # noqa: PTH110, PTH202 - lean start, no pathlib
            flags |= os.O_TRUNC
        return os.open(path, flags, 0o644)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def end_of(path: str) -> bytes:
    """Return the last words of the log; nothing where there is none."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            file.seek(max(os.fstat(file.fileno()).st_size - LAST_WORDS, 0))
            return file.read(LAST_WORDS)
    except OSError:
        return b""
