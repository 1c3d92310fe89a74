"""Why a workspace of a node that is being emptied does not move yet. Pure, from its rows alone."""

from dataclasses import dataclass
from typing import Any

from app.db.workspaces import InstanceRow, WorkspaceRow
from wire.phases import Phase

NOT_THERE = frozenset({Phase.PREPARING, Phase.BUILDING, Phase.PENDING})
"""Phases of a start of which its node has nothing yet."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workspace that is still on the node, with its newest start."""

    row: WorkspaceRow
    instance: InstanceRow | None
    frozen: bool = False
    """A snapshot of it is still to be made."""
    meant: bool = False
    """It was restored, or was to be: then it never begins as a clone."""

    @property
    def live(self) -> bool:
        """Whether it holds, or may still get, something on the node."""
        return self.instance is not None and self.instance.live

    @property
    def phase(self) -> Phase:
        """Of what lives."""
        alive = self.instance is not None and self.instance.live
        return Phase(self.instance.phase) if self.instance and alive else Phase.STOPPED

    @property
    def carried(self) -> bool:
        """Whether its restore points are all there is of it."""
        kept = self.row.archived_at is not None or self.row.deleted_at is not None
        return self.row.content == "none" and not self.live and (kept or self.meant)

    @property
    def placed(self) -> bool:
        """Whether it can begin on any node: nothing of it is anywhere yet."""
        there = self.live and self.phase not in NOT_THERE
        return self.row.content == "none" and not (there or self.carried or self.row.snapshot)


def why(one: Waiting) -> str:
    """Return what holds it up by itself; empty when nothing does but, perhaps, other nodes."""
    row = one.row
    if row.wish == "deleted" and (row.content == "present" or row.deleted_at is None):
        last = _title(row.backup_problem)
        return f"It is being deleted{f', but not backed up: {last}' if last else ''}."
    if row.restoring:
        return "It is being restored."
    if one.frozen:
        return "A snapshot of it is still to be made: wait for it, or delete the snapshot."
    if row.content == "none":
        return _nowhere(one)
    if one.live:
        return "It is stopping." if one.phase is Phase.STOPPING else ""
    if row.backed_up_stop != row.n:
        last = _title(row.backup_problem)
        return f"It is not backed up: {last}." if last else "Its last restore point is being made."
    return "It is being archived." if row.archived_at is not None else ""


def _nowhere(one: Waiting) -> str:
    if one.carried or one.placed:
        return ""
    if one.live and one.phase not in NOT_THERE:
        return "It is starting: its files are not there yet."
    return "It begins as a snapshot, which is on this node alone."


def _title(problem: dict[str, Any] | None) -> str:
    return "" if problem is None else str(problem["title"])
