"""What Podium writes down of the backup of itself that it makes every day.

A file in the data folder, written by whoever makes it, read by the server and `podium status`.
"""

from msgspec import Struct


class PlatformBackup(Struct, frozen=True, kw_only=True):
    """How the newest attempt went, and what there is; times in seconds since 1970."""

    tried_at: float
    made_at: float | None = None
    """Of the newest one; None where there is none."""
    file: str = ""
    """Its name."""
    size: int = 0
    """Its bytes."""
    kept: int = 0
    """How many there are."""
    folder: str
    every: float
    """Seconds between two."""
    failure: str = ""
    """Why the newest attempt failed; empty when it did not."""


def is_stale(told: PlatformBackup, now: float) -> bool:
    """Tell whether what there is is much older than it should be."""
    return told.made_at is None or now - told.made_at > 2 * told.every
