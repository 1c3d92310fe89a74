"""One backup, or restore, at a time."""

import contextlib
from collections.abc import Iterator

from cli.launcher import locks
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings

SAVING = "backup.lock"
"""Held while a backup is made: two at once would copy into the same file."""


@contextlib.contextmanager
def saving(settings: Settings) -> Iterator[None]:
    """Be the only one that saves or brings back. Raises CommandError."""
    real(settings.layout.run).mkdir(parents=True, exist_ok=True)
    try:
        with locks.hold(real(settings.layout.run / SAVING)):
            yield
    except locks.Held as other:
        raise CommandError(
            f"Another backup is being made (pid {other.pid or 'unknown'})",
            "Two at once would be in each other's way.",
            "Wait for it, then run this again.",
        ) from other
