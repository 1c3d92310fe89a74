"""What node and supervisor report about an instance, turned into events of its life."""

from collections.abc import Mapping

from msgspec.structs import replace

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.images.choice import Choice, choose
from app.images.devcontainer import asked_for
from app.runtime.port import Container, ContainerState, ContentState, ContentStatus
from app.workspaces import activity, location, ports, steps, tasks
from app.workspaces.forge import Kind
from app.workspaces.lifecycle import Event
from app.workspaces.store import Change
from app.workspaces.transitions import blame, happen, mark
from wire.agent import Observed, StepReport
from wire.excludes import MOST, is_exclude
from wire.phases import Condition, Phase, Step, StepState, StopReason
from wire.problems import Problem

MISSING = Problem(
    code=Condition.CONTAINER_DIED.value,
    title="The container is gone",
    detail="It ran, and the node does not have it any more; the machine may have restarted.",
    cure="Start the workspace again: /workspace and the home directory are kept.",
)
_OUT_OF_MEMORY = Problem(
    code=Condition.OUT_OF_MEMORY.value,
    title="The workspace ran out of memory",
    detail="The kernel ended its first process at the memory limit.",
    cure="Start it again and run less at a time.",
)
_LONGEST_TEXT = 300
"""Characters of what an instance says that stands in the history."""
_IN_HISTORY = (Condition.PROCESS_KILLED.value, Condition.DISK_LOW.value, Condition.DISK_FULL.value)
"""Conditions that people are told of afterwards as well; the event's kind is the same word."""
_OF_SERVER = frozenset(
    {
        Condition.NODE_UNREACHABLE.value,
        Condition.SUPERVISOR_SILENT.value,
        Condition.IDE_SLOW.value,
        Condition.CHECKOUT_FAILED.value,
        Condition.DEADLINE_PASSED.value,
        Condition.FORCED.value,
        Condition.IDE_NOT_OFFERED.value,
        Condition.CONTAINER_DIED.value,
        Condition.OUT_OF_MEMORY.value,
        Condition.CONTENT_FAILED.value,
        Condition.IMAGE_PENDING.value,
        Condition.IMAGE_PARTIAL.value,
        Condition.IMAGE_UNKNOWN.value,
        Condition.IMAGE_DOCKERFILE.value,
        Condition.IMAGE_DENIED.value,
        Condition.IMAGE_UNREACHABLE.value,
        Condition.IMAGE_REFUSED.value,
        Condition.IMAGE_BUILD_FAILED.value,
    }
)
"""Conditions that a supervisor's report neither sets nor clears."""


def is_done(instance: InstanceRow, step: Step) -> bool:
    """Tell whether a step of the start has ended well."""
    return steps.state(instance.steps, step) is StepState.DONE


def content(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow,
    status: ContentStatus,
    images: Mapping[str, str],
) -> None:
    """Take in the state of the tree; `images` are those that are built, name → digest."""
    match status.state:
        case ContentState.WORKING:
            described = steps.describe(instance.steps, Step.CONTENT, status.progress)
            if described is not instance.steps:
                instance.steps = described
                change.touch(row)
        case ContentState.READY:
            _content_ready(change, row, instance, status, images)
        case ContentState.FAILED if Phase(instance.phase) is not Phase.STOPPED:
            _content_failed(change, row, instance, status)
        case ContentState.SEALED | ContentState.ABSENT | ContentState.FAILED:
            return  # what fails in a stopped workspace is a restore, which tells of itself


def _content_ready(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow,
    status: ContentStatus,
    images: Mapping[str, str],
) -> None:
    if row.content == "none":
        row.content = "present"
        if row.snapshot:
            row.image = asked_for(status.config)
        change.touch(row)
    if status.revision and not row.checked_out and row.revision != status.revision:
        row.revision, row.branch = status.revision, status.branch
        row.image = asked_for(status.config)
        if row.trusted:  # nothing of the file counts before
            row.location = location.asked_for(status.config)
        _place_found(row, status)
        change.touch(row)
    if not is_done(instance, Step.CONTENT):
        where = f"{status.branch or 'detached'} at {status.revision[:12]}"
        detail = where if status.revision else "as it was left"
        choice = choose(row.image, images)
        _choose_image(row, instance, choice, images)
        happen(change, row, instance, Event.CONTENT_READY, took=status.took, detail=detail)
        if choice.awaited and happen(change, row, instance, Event.BUILD_NEEDED):
            instance.steps = steps.reopen(instance.steps, change.now)


def _choose_image(
    row: WorkspaceRow, instance: InstanceRow, choice: Choice, images: Mapping[str, str]
) -> None:
    """Settle what the container is made of, for as long as this start lives."""
    instance.image = {"name": choice.image, "digest": images.get(choice.image, "")}
    if choice.awaited:
        kept = {name: row.image.get(name, "") for name in ("source", "digest")}
        instance.image = {"name": choice.image, **kept}
    instance.steps = steps.tell(instance.steps, Step.IMAGE, choice.image)
    if choice.condition is not None:
        mark(instance, choice.condition, choice.told)


def _place_found(row: WorkspaceRow, status: ContentStatus) -> None:
    """Take in what the node found at the place that the URL named."""
    row.path = status.path
    if row.kind == Kind.PLACE.value:
        behind = f"/{status.path.removesuffix('/')}" if status.path else ""
        row.ref = status.branch or row.ref.removesuffix(behind)
        row.kind = Kind.REF.value


def _content_failed(
    change: Change, row: WorkspaceRow, instance: InstanceRow, status: ContentStatus
) -> None:
    problem = status.problem or Problem(code="content_failed", title="The content failed")
    mark(instance, Condition.CONTENT_FAILED, problem.title)
    if Phase(instance.phase).starting and not is_done(instance, Step.CONTENT):
        happen(change, row, instance, Event.FAILED, problem=problem)
    else:
        # Sealing failed, or a report came late: a tree in use is not taken away for it.
        if instance.problem is None:
            change.record(row, "failed", f"{problem.title}. {problem.detail}".strip())
        blame(change, instance, problem)
        change.touch(row)


def container(change: Change, row: WorkspaceRow, instance: InstanceRow, seen: Container) -> None:
    """Take in the state of the container."""
    match seen.state:
        case ContainerState.RUNNING:
            if instance.address != seen.at:
                instance.address = seen.at
                change.touch(row)
            if not is_done(instance, Step.CONTAINER):
                happen(change, row, instance, Event.CONTAINER_RUNNING, took=seen.took)
        case ContainerState.EXITED | ContainerState.FAILED:
            _container_ended(change, row, instance, seen)
        case ContainerState.STARTING | ContainerState.STOPPING | ContainerState.ABSENT:
            return


def _container_ended(
    change: Change, row: WorkspaceRow, instance: InstanceRow, seen: Container
) -> None:
    if not Phase(instance.phase).live or Phase(instance.phase) is Phase.STOPPING:
        return
    if seen.out_of_memory:
        mark(instance, Condition.OUT_OF_MEMORY, "at the memory limit")
        problem = seen.problem or _OUT_OF_MEMORY
    elif seen.state is ContainerState.EXITED and seen.exit_code == 0 and seen.problem is None:
        # Somebody inside ended it well: that is a stop, not a failure.
        happen(change, row, instance, Event.STOP_ASKED, reason=StopReason.ENDED_INSIDE)
        return
    else:
        mark(instance, Condition.CONTAINER_DIED, f"exit code {seen.exit_code}")
        problem = seen.problem or replace(
            MISSING,
            title="The container ended by itself",
            detail=f"Its first process ended with exit code {seen.exit_code}.",
        )
    happen(change, row, instance, Event.FAILED, problem=problem)


def supervisor(
    change: Change, row: WorkspaceRow, instance: InstanceRow, observed: Observed
) -> None:
    """Take in what a connected supervisor sees."""
    if Phase(instance.phase) not in {Phase.INITIALIZING, Phase.RUNNING}:
        return
    activity.wish(change, row, instance, observed.timeout_wish)
    activity.beat(change, row, instance, observed.beats)
    _checkout(change, row, instance, observed.checkout)
    _ide(change, row, instance, observed.ide)
    listening = ports.kept(observed.ports)
    if listening != instance.ports:
        instance.ports = listening
        change.touch(row)
    if observed.port_wishes is not None and row.trusted:
        wishes = ports.wishes_kept(observed.port_wishes)
        if wishes != row.port_wishes:
            row.port_settings = ports.taken_back(row.port_settings, row.port_wishes or [], wishes)
            row.port_wishes = wishes
            change.touch(row)
    if observed.backup_excludes is not None and row.trusted:
        excludes = [one for one in observed.backup_excludes if is_exclude(one)][:MOST]
        if excludes != row.backup_excludes:
            row.backup_excludes = excludes
            change.touch(row)
    at_work = tasks.kept(observed.tasks)
    if at_work != instance.tasks:
        instance.tasks = at_work
        change.touch(row)
    kept = {name: text for name, text in instance.conditions.items() if name in _OF_SERVER}
    own = {name: text for name, text in observed.conditions.items() if name not in _OF_SERVER}
    _remember(change, row, instance, own)
    if {**kept, **own} != instance.conditions:
        instance.conditions = {**kept, **own}
        change.touch(row)


def _remember(
    change: Change, row: WorkspaceRow, instance: InstanceRow, own: Mapping[str, str]
) -> None:
    """Write into the history what has run out, or is about to."""
    for name in _IN_HISTORY:
        text = own.get(name, "")
        if text and text != instance.conditions.get(name):
            change.record(row, name, text[:_LONGEST_TEXT])


def _checkout(change: Change, row: WorkspaceRow, instance: InstanceRow, report: StepReport) -> None:
    if not row.checked_out and report.state is StepState.DONE:
        row.checked_out = True
        change.touch(row)
    if report.state is StepState.FAILED and not is_done(instance, Step.CHECKOUT):
        if mark(instance, Condition.CHECKOUT_FAILED, report.detail):
            instance.steps = steps.fail(instance.steps, change.now, report.detail, Step.CHECKOUT)
            instance.steps = steps.begin(instance.steps, Step.IDE, change.now)
            change.record(row, "checkout_failed", report.detail)
            change.touch(row)
        return
    _follow(change, row, instance, Step.CHECKOUT, report)
    if is_done(instance, Step.CHECKOUT):
        begun = steps.begin(instance.steps, Step.IDE, change.now)
        if begun is not instance.steps:
            instance.steps = begun
            change.touch(row)


def _ide(change: Change, row: WorkspaceRow, instance: InstanceRow, report: StepReport) -> None:
    if report.state is StepState.DONE:
        happen(change, row, instance, Event.IDE_READY, took=report.took, detail=report.detail)
    elif not is_done(instance, Step.IDE):
        _follow(change, row, instance, Step.IDE, report)


def _follow(
    change: Change, row: WorkspaceRow, instance: InstanceRow, step: Step, report: StepReport
) -> None:
    """Bring a step to where the supervisor says it is."""
    before = instance.steps
    match report.state:
        case StepState.WAITING:
            return
        case StepState.WORKING:
            after = steps.begin(before, step, change.now, report.detail)
            after = steps.describe(after, step, report.detail)
        case StepState.DONE:
            after = steps.finish(before, step, change.now, report.took, report.detail)
        case StepState.FAILED:
            after = steps.fail(before, change.now, report.detail, step)
    if after is not before:
        instance.steps = after
        change.touch(row)
