"""What happens to an instance, written into its rows: phase, steps, problem, history."""

from msgspec import to_builtins

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.workspaces import steps
from app.workspaces.lifecycle import Decision, Event, Note, decide, first_deadline
from app.workspaces.secrets import Secrets, hash_of
from app.workspaces.store import PLATFORM, Change
from app.workspaces.timeouts import limit_of, told
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step, StepState, StopReason
from wire.problems import Problem

_STEP_ENDED_BY = {
    Event.RESOLVED: Step.IMAGE,
    Event.PLACED: Step.PLACE,
    Event.CONTENT_READY: Step.CONTENT,
    Event.CONTAINER_RUNNING: Step.CONTAINER,
    Event.CONNECTED: Step.SUPERVISOR,
    Event.IDE_READY: Step.IDE,
}
_REASONS = {
    Event.STOP_ASKED: StopReason.REQUESTED,
    Event.TIMED_OUT: StopReason.TIMED_OUT,
    Event.FAILED: StopReason.FAILED,
    Event.DEADLINE: StopReason.FAILED,
    Event.FORCE: StopReason.FORCED,
    Event.SETTLED: StopReason.REQUESTED,
}
_FAILURES = frozenset({StopReason.FAILED, StopReason.FORCED})
_ORDER = list(Step)
_PASSING = frozenset(
    {
        Condition.NODE_UNREACHABLE.value,
        Condition.SUPERVISOR_SILENT.value,
        Condition.IDE_SLOW.value,
    }
)
"""Conditions that say nothing once an instance has stopped."""


def new_instance(change: Change, row: WorkspaceRow, secrets: Secrets) -> InstanceRow:
    """Add the next instance of a workspace that has no live one."""
    row.n = max(row.n + 1, row.held)
    row.wish = "running"
    row.cleanup_at = None
    row.phase_since = change.now
    name = str(InstanceId(row.id, row.n))
    instance = InstanceRow(
        id=name,
        workspace_id=row.id,
        node=row.node,
        n=row.n,
        live=True,
        phase=Phase.PREPARING.value,
        phase_since=change.now,
        deadline=first_deadline(change.now),
        created_at=change.now,
        ended_at=None,
        forced=False,
        steps=steps.fresh(change.now),
        conditions={},
        ports=[],
        tasks=[],
        image={},
        problem=None,
        token_hash=hash_of(secrets.token(name)),
    )
    change.session.add(instance)
    change.touch(row)
    return instance


def happen(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow,
    event: Event,
    *,
    problem: Problem | None = None,
    took: float | None = None,
    detail: str = "",
    actor: str = PLATFORM,
    reason: StopReason | None = None,
) -> bool:
    """Let an event happen to the newest instance; tells whether anything changed.

    `reason` is why it ends, when the event alone does not say.
    """
    decision = decide(Phase(instance.phase), instance.deadline, event, change.now)
    if not decision.notes:
        return False
    change.touch(row)
    _end_step(change, instance, event, took, detail)
    instance.deadline = decision.deadline
    if problem is not None:
        blame(change, instance, problem)
    _write_notes(change, instance, decision)
    if decision.phase in {Phase.STOPPING, Phase.STOPPED} and not instance.stop_reason:
        instance.stop_reason = reason or _REASONS[event]
        instance.stop_detail = told(
            StopReason(instance.stop_reason), instance.timeout, change.policy.lifetime
        )
    if event is Event.SETTLED and instance.stop_reason not in _FAILURES:
        # It was slow or did not work at first, and has ended well.
        instance.problem = None
        for condition in (Condition.DEADLINE_PASSED, Condition.CONTENT_FAILED):
            mark(instance, condition, None)
    if Note.ENTERED in decision.notes:
        _enter(change, row, instance, decision.phase, actor)
    return True


def blame(change: Change, instance: InstanceRow, problem: Problem) -> None:
    """Store why an instance fails; the first cause stays."""
    if instance.problem is None:
        instance.problem = to_builtins(problem)
    instance.steps = steps.fail(instance.steps, change.now, problem.title)


def waits(
    change: Change, row: WorkspaceRow, instance: InstanceRow, step: Step, detail: str
) -> None:
    """Write down what a step waits for; every step before it is done."""
    before = _ORDER[_ORDER.index(step) - 1]
    begun = steps.begin(steps.finish(instance.steps, before, change.now), step, change.now)
    instance.steps = steps.describe(begun, step, detail)
    change.touch(row)


def mark(instance: InstanceRow, condition: Condition, detail: str | None) -> bool:
    """Set a condition, or clear it with None; tells whether that changed anything."""
    if instance.conditions.get(condition.value) == detail:
        return False
    kept = {name: text for name, text in instance.conditions.items() if name != condition.value}
    instance.conditions = kept if detail is None else {**kept, condition.value: detail}
    return True


def _end_step(
    change: Change, instance: InstanceRow, event: Event, took: float | None, detail: str
) -> None:
    ended = _STEP_ENDED_BY.get(event)
    if ended is None:
        return
    done = steps.finish(instance.steps, ended, change.now, took, detail)
    following = _ORDER.index(ended) + 1
    if following < len(_ORDER):
        done = steps.begin(done, _ORDER[following], change.now)
    instance.steps = done


def _write_notes(change: Change, instance: InstanceRow, decision: Decision) -> None:
    if Note.EXPLAIN_DEADLINE in decision.notes:
        mark(instance, Condition.DEADLINE_PASSED, f"in phase {instance.phase}")
        blame(change, instance, _deadline_problem(instance))
    if Note.IDE_SLOW in decision.notes:
        mark(instance, Condition.IDE_SLOW, "The IDE needs more than ten minutes.")
    if Note.KILL in decision.notes:
        instance.forced = True
    if Note.FORCED in decision.notes:
        mark(instance, Condition.FORCED, f"given up in phase {instance.phase}")


def _deadline_problem(instance: InstanceRow) -> Problem:
    unreachable = instance.conditions.get(Condition.NODE_UNREACHABLE.value)
    if unreachable is not None:
        return Problem(
            code=Condition.NODE_UNREACHABLE.value,
            title="The node does not answer",
            detail=unreachable,
            cure="Check that the workspace daemon runs, then start again.",
        )
    if instance.phase == Phase.CREATING and _runs(instance):
        return Problem(
            code=Condition.SUPERVISOR_SILENT.value,
            title="The supervisor does not answer",
            detail="The container runs; its first process has not connected within a minute.",
            cure="Start again; the workspace's log may say why it was silent.",
        )
    code, cure = _LATE.get(Phase(instance.phase), ("deadline_passed", "Start again."))
    return Problem(
        code=code,
        title=f"The start took too long in phase {instance.phase}"
        if Phase(instance.phase).starting
        else "The stop took too long",
        detail="Its deadline has passed.",
        cure=cure,
    )


def _runs(instance: InstanceRow) -> bool:
    return steps.state(instance.steps, Step.CONTAINER) is StepState.DONE


_LATE = {
    Phase.PREPARING: (
        Condition.IMAGE_MISSING.value,
        "Run `make up` again: the supervisor, IDE or image is not built.",
    ),
    Phase.PENDING: (
        Condition.DEADLINE_PASSED.value,
        "The node was busy with other starts; start again, or raise PODIUM_MAX_STARTING.",
    ),
    Phase.CREATING: (
        Condition.DEADLINE_PASSED.value,
        "Start again; the step that was at work says what was slow.",
    ),
    Phase.STOPPING: (
        Condition.DEADLINE_PASSED.value,
        "Podium now kills the container; you can also force the stop.",
    ),
}


def _stopping(instance: InstanceRow) -> str:
    if instance.stop_reason in {StopReason.REQUESTED, StopReason.FAILED, StopReason.DELETED}:
        return f"Start {instance.n} is stopping."  # the line before, or the actor, says why
    return f"Start {instance.n} is stopping: {instance.stop_detail}."


def _enter(
    change: Change, row: WorkspaceRow, instance: InstanceRow, phase: Phase, actor: str
) -> None:
    instance.phase = phase.value
    instance.phase_since = change.now
    row.phase_since = change.now
    match phase:
        case Phase.CREATING if steps.state(instance.steps, Step.CONTENT) is StepState.DONE:
            # its content was in place, and it has waited for its image
            instance.steps = steps.begin(instance.steps, Step.CONTAINER, change.now)
        case Phase.RUNNING:
            mark(instance, Condition.IDE_SLOW, None)
            lifetime = limit_of(change.policy.lifetime)
            instance.until = None if lifetime is None else change.now + lifetime
            change.record(row, "running", "The IDE answers.", actor)
        case Phase.STOPPING:
            if row.wish == "running":
                row.wish = "stopped"
            problem = instance.problem
            if problem is not None:
                change.record(
                    row, "failed", f"{problem['title']}. {problem.get('detail', '')}".strip()
                )
            change.record(row, "stopping", _stopping(instance), actor)
        case Phase.STOPPED:
            instance.live = False
            instance.ended_at = change.now
            instance.ports = []
            instance.steps = steps.fail(
                instance.steps, change.now, "The workspace was stopped before this was done."
            )
            instance.conditions = {
                name: text for name, text in instance.conditions.items() if name not in _PASSING
            }
            change.record(row, "stopped", f"Start {instance.n} has stopped.", actor)
        case _:
            return
