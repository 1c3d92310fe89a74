"""Clean-up: what nobody uses, nobody has pinned and is fully pushed goes, announced first.

Off unless the operator sets a time. What counts as fully pushed is what the supervisor told after
everything in the workspace had ended: of a start that was killed nobody knows, so it stays.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.workspaces.gitstate import fully_pushed, view_of
from app.workspaces.store import Change, Store
from kit.durations import words_of

PERIOD = 3600.0
"""Seconds between two looks; what is left alone is left for days."""
NOTICE = 3 * 86_400.0
"""Seconds that lie between announcement and deletion; of a shorter time half of it."""
_AT_ONCE = 200
"""Workspaces in one transaction."""
_log = structlog.get_logger(__name__)


class Step(StrEnum):
    """What clean-up does about a workspace."""

    LEAVE = "leave"
    ANNOUNCE = "announce"
    WITHDRAW = "withdraw"
    """It was announced, and something has changed since."""
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts about a workspace."""

    unused: bool
    """It is stopped, ended well, and nobody wishes anything else."""
    pinned: bool
    pushed: bool
    since: float
    """When it was used last."""
    due: float | None
    """When it is to go, as it was announced."""


def notice_of(after: float) -> float:
    """Return how many seconds before the deletion it is announced."""
    return min(NOTICE, after / 2)


def decide(facts: Facts, after: float | None, now: float) -> Step:
    """Return what to do; `after` is the time without use, None when clean-up is off."""
    if after is None or facts.pinned or not (facts.unused and facts.pushed):
        return Step.LEAVE if facts.due is None else Step.WITHDRAW
    if facts.due is None:
        return Step.ANNOUNCE if now >= facts.since + after - notice_of(after) else Step.LEAVE
    if facts.due < facts.since + after:  # a longer time counts now
        return Step.WITHDRAW
    return Step.DELETE if now >= facts.due else Step.LEAVE


def facts_of(row: WorkspaceRow, instance: InstanceRow | None) -> Facts:
    """Return what counts about a workspace; of one that never ran nothing is known."""
    ended = instance is not None and not instance.live and instance.problem is None
    git = view_of(row.git)
    return Facts(
        unused=ended and not (instance and instance.forced) and row.wish == "stopped",
        pinned=row.pinned,
        pushed=git is not None and git.final and fully_pushed(git),
        since=row.phase_since,
        due=row.cleanup_at,
    )


class Cleaning:
    """Looks at all workspaces every hour; `after` is in seconds, None is never."""

    def __init__(self, store: Store, after: float | None) -> None:
        self._store = store
        self._after = after

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                _log.warning("not_cleaned_up", error=type(error).__name__)
            await asyncio.sleep(PERIOD)

    async def look(self) -> None:
        """Announce what is to go, withdraw what is used again, delete what has had its time."""
        async with self._store.database.read() as session:
            now = self._store.clock.now()
            stopped = select(WorkspaceRow.id, WorkspaceRow.cleanup_at).where(
                WorkspaceRow.deleted_at.is_(None), WorkspaceRow.wish == "stopped"
            )
            found = (await session.execute(stopped)).all()
        wanted = [name for name, due in found if due is not None or self._after is not None]
        for start in range(0, len(wanted), _AT_ONCE):
            async with self._store.change() as change:
                for name in wanted[start : start + _AT_ONCE]:
                    await self._one(change, name, now)

    async def _one(self, change: Change, workspace: str, now: float) -> None:
        row = await change.workspace(workspace)
        if row is None:
            return
        step = decide(facts_of(row, await change.newest(row)), self._after, now)
        if step is Step.LEAVE:
            return
        change.touch(row)
        if step is Step.WITHDRAW:
            row.cleanup_at = None
            change.record(row, "kept", "It is not to be deleted any more.")
            return
        assert self._after is not None
        span = _words(self._after)
        if step is Step.ANNOUNCE:
            row.cleanup_at = max(row.phase_since + self._after, now + notice_of(self._after))
            text = f"To be deleted in {_words(row.cleanup_at - now)} unless it is used or pinned"
            change.record(row, "cleanup_announced", f"{text}: not used, and fully pushed.")
        else:
            row.wish = "deleted"
            change.record(row, "deleting", f"Deleted: not used for {span}, and fully pushed.")
            _log.info("cleaned_up", workspace=row.id)


def _words(seconds: float) -> str:
    days = round(seconds / 86_400)
    return f"{days} days" if days > 1 else words_of(seconds)
