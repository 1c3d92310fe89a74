"""Clean-up: what nobody uses, nobody has pinned and is fully pushed is archived, and may go.

An archive loses nothing: its files are in a restore point, which is all there is of them. A
deletion is off unless the operator sets a time, and is announced first. What counts as fully
pushed is what the supervisor told after everything in the workspace had ended: of a start that
was killed nobody knows, so it stays. So does what cannot be backed up.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.settings import Settings
from app.workspaces.archiving import archive, is_frozen
from app.workspaces.gitstate import fully_pushed, view_of
from app.workspaces.store import PLATFORM, Change, Store
from app.workspaces.timeouts import limit_of
from kit.durations import words_of
from wire.agent import NO_TIMEOUT

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
    ARCHIVE = "archive"
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
    backed: bool = True
    """Nothing has kept it from being backed up."""
    whole: bool = True
    """Its files are on a node, a restore point can hold all of them, and nobody waits for them."""


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds without use after which something is done; None is never."""

    archive: float | None = None
    delete: float | None = None


def notice_of(after: float) -> float:
    """Return how many seconds before the deletion it is announced."""
    return min(NOTICE, after / 2)


def decide(facts: Facts, ages: Ages, now: float) -> Step:
    """Return what to do; a deletion goes before, and an archive follows at the next look."""
    goes = facts.unused and facts.pushed and facts.backed and not facts.pinned
    step = _deletion(facts, ages.delete if goes else None, now)
    if step is not Step.LEAVE or not (goes and facts.whole) or ages.archive is None:
        return step
    return Step.ARCHIVE if now >= facts.since + ages.archive else Step.LEAVE


def _deletion(facts: Facts, after: float | None, now: float) -> Step:
    if after is None:
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
        backed=row.backup_problem is None,
        whole=row.content == "present"
        and row.archived_at is None
        and not row.restoring
        and not row.backup_excludes,
    )


class Cleaning:
    """Looks at all workspaces every hour."""

    def __init__(self, store: Store, ages: Ages) -> None:
        self._store = store
        self._ages = ages

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                _log.warning("not_cleaned_up", error=type(error).__name__)
            await asyncio.sleep(PERIOD)

    async def look(self) -> None:
        """Archive, announce what is to go, take that back, delete what has had its time."""
        async with self._store.database.read() as session:
            now = self._store.clock.now()
            stopped = select(WorkspaceRow.id, WorkspaceRow.cleanup_at).where(
                WorkspaceRow.deleted_at.is_(None), WorkspaceRow.wish == "stopped"
            )
            found = (await session.execute(stopped)).all()
        on = self._ages != Ages()
        wanted = [name for name, due in found if on or due is not None]
        for start in range(0, len(wanted), _AT_ONCE):
            async with self._store.change() as change:
                for name in wanted[start : start + _AT_ONCE]:
                    await self._one(change, name, now)

    async def _one(self, change: Change, workspace: str, now: float) -> None:
        row = await change.workspace(workspace)
        if row is None:
            return
        instance = await change.newest(row)
        step = decide(facts_of(row, instance), self._ages, now)
        if step is Step.LEAVE:
            return
        if step is Step.ARCHIVE:
            if not await is_frozen(change.session, row):
                text = f"To be archived: not used for {span_of(now - row.phase_since)}, and pushed."
                await archive(change, row, instance, text, PLATFORM)
            return
        change.touch(row)
        if step is Step.WITHDRAW:
            row.cleanup_at = None
            change.record(row, "kept", "It is not to be deleted any more.")
            return
        after = self._ages.delete
        assert after is not None
        span = span_of(after)
        if step is Step.ANNOUNCE:
            row.cleanup_at = max(row.phase_since + after, now + notice_of(after))
            text = f"To be deleted in {span_of(row.cleanup_at - now)} unless it is used or pinned"
            change.record(row, "cleanup_announced", f"{text}: not used, and fully pushed.")
        else:
            row.wish = "deleted"
            change.record(row, "deleting", f"Deleted: not used for {span}, and fully pushed.")
            _log.info("cleaned_up", workspace=row.id)


def span_of(seconds: float) -> str:
    """Return a long time for people, e.g. `30 days`."""
    days = round(seconds / 86_400)
    return f"{days} days" if days > 1 else words_of(seconds)


def archived_after(settings: Settings) -> float | None:
    """Return the seconds without use after which a workspace is archived; None is never."""
    return None if settings.backup_every == NO_TIMEOUT else limit_of(settings.archive)
