"""What people are told of the backups that Podium makes of itself, and of its node's disks.

Whoever makes them writes down how it went; here it is read anew for each page, so that there
is nothing to be told between two processes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kit.clock import Clock
from kit.durations import words_of
from wire.noderoom import decoded
from wire.platformbackup import PlatformBackup, is_stale
from wire.problems import Problem


@dataclass(frozen=True, slots=True)
class Told:
    """How the platform is backed up."""

    backup: PlatformBackup | None
    """None: nobody has made one by itself yet."""
    problem: Problem | None
    folders: str = ""
    """Why new workspaces are folders, of which one may take all of the disk; empty: they have
    disks of their own."""


class Platform:
    """Over the file that is written down."""

    def __init__(
        self, file: Path, clock: Clock, room: Path | None = None, limits: Path | None = None
    ) -> None:
        """`room` and `limits` are files in which the node says what space and limits it has."""
        self._file = file
        self._room = room
        self._limits = limits
        self._clock = clock

    async def backup(self) -> Told:
        """Return how it is now."""
        short, folders = await self._short(), await self._folders()
        try:
            text = await asyncio.to_thread(self._file.read_bytes)
            found = msgspec.json.decode(text, type=PlatformBackup)
        except (OSError, msgspec.DecodeError):
            return Told(None, short, folders)
        return Told(found, short or problem_of(found, self._clock.now()), folders)

    async def _folders(self) -> str:
        if self._limits is None:
            return ""
        try:
            text = await asyncio.to_thread(self._limits.read_bytes)
            told = msgspec.json.decode(text, type=dict[str, str])
        except (OSError, msgspec.DecodeError):
            return ""
        disk = told.get("disk", "enforced")
        return "" if disk == "enforced" else disk

    async def _short(self) -> Problem | None:
        if self._room is None:
            return None
        try:
            told = decoded(await asyncio.to_thread(self._room.read_bytes))
        except OSError:
            return None
        if told is not None and told.lost:
            return folder_lost(told.lost)
        words = [] if told is None else [one.short for one in told.places if one.short]
        return node_short(words) if words else None


def folder_lost(words: str) -> Problem:
    """Return what is said when a node does not begin for want of a folder."""
    return Problem(
        code="folder_lost",
        title="The node does not begin: a folder of it is not the one that it was",
        detail=words,
        cure="Mount its disk. Nothing was taken for lost, removed or written meanwhile.",
    )


def node_short(words: Sequence[str]) -> Problem:
    """Return what is said when disks of the node are short."""
    return Problem(
        code="node_short",
        title="The node is short of space: nothing new can begin on it",
        detail=f"{'; '.join(words)}. What can be fetched again is given up already.",
        cure="Delete workspaces and snapshots that nobody needs, or give the node a larger disk.",
    )


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
