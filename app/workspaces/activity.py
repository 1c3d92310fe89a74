"""Activity and timeouts in rows: what supervisors tell, turned into moments.

The rules are `app.workspaces.timeouts`; moments are those of the server's clock when a
report comes in, so that no other clock needs to be right.
"""

from collections.abc import Mapping

from app.db.accounts import UserRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Malformed
from app.workspaces import timeouts
from app.workspaces.lifecycle import USED, Event
from app.workspaces.store import Change
from app.workspaces.transitions import happen, mark
from wire.agent import Activity, Beats, TaskState, TimeoutWish
from wire.phases import Condition, Phase, StopReason


async def begin(change: Change, row: WorkspaceRow, instance: InstanceRow) -> None:
    """Take in that a supervisor has connected: from now on somebody tells of activity."""
    person = await change.session.get(UserRow, row.owner_id)
    chosen = "" if person is None else person.timeout
    instance.timeout, _ = timeouts.effective(row.timeout, chosen, change.policy.timeout)
    if instance.active_at is not None:
        instance.active_at = timeouts.least(instance.timeout, instance.active_at, change.now)
    change.touch(row)


def note(change: Change, row: WorkspaceRow, instance: InstanceRow, activity: Activity) -> None:
    """Take in that somebody uses it now."""
    instance.active_at = change.now
    instance.activity = activity.value
    change.touch(row)


def beat(change: Change, row: WorkspaceRow, instance: InstanceRow, beats: Beats | None) -> None:
    """Take in what a supervisor has counted; the moment is that of the report."""
    if beats is None or (instance.active_at is not None and beats.count == instance.beats):
        return
    instance.beats = beats.count
    note(change, row, instance, beats.last)


def wish(
    change: Change, row: WorkspaceRow, instance: InstanceRow, wished: TimeoutWish | None
) -> None:
    """Do what `gp timeout` asked for, once; what is no timeout is dropped."""
    if wished is None or wished.number <= instance.timeout_wish:
        return
    instance.timeout_wish = wished.number
    try:
        timeout = timeouts.validated(wished.timeout)
    except Malformed:
        return
    choose(change, row, instance, timeout, timeout, row.owner_id)


def choose(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow | None,
    chosen: str,
    counts: str,
    actor: str,
) -> None:
    """Note a workspace's timeout, `chosen` or empty, and the one that counts now."""
    row.timeout = chosen
    change.touch(row)
    if instance is not None and instance.live and Phase(instance.phase) in USED:
        instance.timeout = counts
        if instance.active_at is not None:
            note(change, row, instance, Activity.PERSON)
    text = {"": "as for all of one's workspaces", "none": "none"}.get(chosen, chosen)
    change.record(row, "timeout", f"The timeout is {text}.", actor)


def usable(instance: InstanceRow) -> bool:
    """Tell whether somebody can use it."""
    return Phase(instance.phase) in USED


def quiet(instance: InstanceRow, mute: Mapping[str, bool], now: float) -> bool:
    """Tell whether `hush` has something to write down."""
    if instance.id not in mute:
        return _stop(instance, now) is not None
    told = Condition.SUPERVISOR_SILENT.value in instance.conditions
    return (mute[instance.id] and not told) or _stop(instance, now) is StopReason.LIFETIME


def _stop(instance: InstanceRow, now: float) -> StopReason | None:
    if not usable(instance):
        return None
    stop = timeouts.stop_of(instance.timeout, instance.active_at, instance.until)
    return stop.reason if stop is not None and now >= stop.at else None


def hush(
    change: Change, row: WorkspaceRow, instance: InstanceRow, mute: Mapping[str, bool]
) -> None:
    """Stop what nobody uses; of whom no supervisor tells, say so instead."""
    if mute.get(instance.id, False) and mark(
        instance, Condition.SUPERVISOR_SILENT, "The supervisor inside does not answer."
    ):
        change.touch(row)
    stop = _stop(instance, change.now)
    if stop is StopReason.LIFETIME or (stop is not None and instance.id not in mute):
        happen(change, row, instance, Event.TIMED_OUT, reason=stop)
        running = [one["name"] for one in instance.tasks if one["state"] == TaskState.RUNNING]
        if running:
            change.record(row, "ended", f"Tasks that still waited: {', '.join(running)}.")
