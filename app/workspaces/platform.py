"""What people are told of the backups that Podium makes of itself.

Whoever makes them writes down how it went; here it is read anew for each page, so that there
is nothing to be told between two processes.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kit.clock import Clock
from kit.durations import words_of
from wire.platformbackup import PlatformBackup, is_stale
from wire.problems import Problem


@dataclass(frozen=True, slots=True)
class Told:
    """How the platform is backed up."""

    backup: PlatformBackup | None
    """None: nobody has made one by itself yet."""
    problem: Problem | None


class Platform:
    """Over the file that is written down."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    async def backup(self) -> Told:
        """Return how it is now."""
        try:
            text = await asyncio.to_thread(self._file.read_bytes)
            found = msgspec.json.decode(text, type=PlatformBackup)
        except (OSError, msgspec.DecodeError):
            return Told(None, None)
        return Told(found, problem_of(found, self._clock.now()))


def problem_of(told: PlatformBackup, now: float) -> Problem | None:
    """Return what is wrong; None when nothing is."""
    if told.failure:
        return Problem(
            code="platform_backup_failed",
            title="The platform itself could not be backed up",
            detail=told.failure,
            cure="Look after the folder and its disk; Podium tries again every ten minutes.",
        )
    if is_stale(told, now):
        age = "never" if told.made_at is None else f"{words_of(now - told.made_at)} ago"
        return Problem(
            code="platform_backup_late",
            title="The platform itself has not been backed up for long",
            detail=f"The newest backup was made {age}.",
            cure="`podium backup FILE` makes one at once; logs/saver.log says what keeps it.",
        )
    return None
