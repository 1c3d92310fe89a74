"""What is done next, for each pair of what is wanted and what is."""

import pytest

from app.runtime.plan import (
    ORPHAN_GRACE,
    Action,
    Apply,
    Delete,
    Desired,
    Discard,
    Goal,
    Lost,
    Observed,
    Prepare,
    Seal,
    Seen,
    Settled,
    plan,
)
from app.runtime.port import (
    Container,
    ContainerState,
    ContentState,
    ContentStatus,
    Initializer,
    Spec,
)
from wire.ids import InstanceId

WORKSPACE = "amber-otter-0000000000"
OLD, OURS, NEWER = (InstanceId(WORKSPACE, n) for n in (1, 2, 3))
SPEC = Spec(image="i", supervisor="s", ide="d", workspace_class="standard", token="t")
INITIALIZER = Initializer(url="u", ref="", folder="f", image="i", fresh=True)
NOW = 1000.0


def wanted(goal: Goal, **more: object) -> Desired:
    return Desired(instance=OURS, goal=goal, spec=SPEC, initializer=INITIALIZER, **more)


def observed(
    container: ContainerState | None = None,
    content: ContentState | None = None,
    opened_by: InstanceId = OURS,
) -> Observed:
    containers = {}
    if container is not None:
        containers[OURS] = Seen(container=Container(instance=OURS, state=container), since=0.0)
    contents = {}
    if content is not None:
        contents[WORKSPACE] = ContentStatus(instance=opened_by, state=content)
    return Observed(containers=containers, contents=contents)


PREPARE = Prepare(OURS, INITIALIZER)
APPLY = Apply(OURS, SPEC)


@pytest.mark.parametrize(
    ("seen", "action"),
    [
        (observed(), PREPARE),
        (observed(content=ContentState.ABSENT), PREPARE),
        (observed(content=ContentState.SEALED, opened_by=OLD), PREPARE),
        (observed(content=ContentState.READY, opened_by=OLD), PREPARE),
        (observed(content=ContentState.SEALED), PREPARE),
        (observed(content=ContentState.READY, opened_by=NEWER), PREPARE),
        (observed(content=ContentState.WORKING), None),
        (observed(content=ContentState.FAILED), None),
        (observed(content=ContentState.READY), APPLY),
        *[
            (observed(state, ContentState.READY), None)
            for state in ContainerState
            if state is not ContainerState.ABSENT
        ],
    ],
)
def test_towards_running(seen: Observed, action: Action | None) -> None:
    run = wanted(Goal.RUN, content_ready=True)
    assert plan([run], seen, NOW) == ([] if action is None else [action])


def test_a_tree_that_is_not_written_down_yet_gets_no_container() -> None:
    assert plan([wanted(Goal.RUN)], observed(content=ContentState.READY), NOW) == []


def test_a_container_that_ran_and_is_not_there_was_lost_and_is_not_started_again() -> None:
    gone = observed(content=ContentState.READY)
    assert plan([wanted(Goal.RUN, container_seen=True)], gone, NOW) == [Lost(OURS)]


@pytest.mark.parametrize(
    ("seen", "action"),
    [
        (observed(ContainerState.RUNNING, ContentState.READY), Delete(OURS, 10.0)),
        (observed(ContainerState.STARTING, ContentState.READY), Delete(OURS, 10.0)),
        (observed(ContainerState.EXITED, ContentState.READY), Delete(OURS, 10.0)),
        (observed(ContainerState.FAILED, ContentState.READY), Delete(OURS, 10.0)),
        (observed(ContainerState.STOPPING, ContentState.READY), None),
        (observed(content=ContentState.READY), Seal(OURS)),
        (observed(content=ContentState.WORKING), Seal(OURS)),
        (observed(content=ContentState.SEALED), Settled(OURS)),
        (observed(content=ContentState.ABSENT), Settled(OURS)),
        (observed(content=ContentState.FAILED), Settled(OURS)),
        (observed(content=ContentState.SEALED, opened_by=OLD), Settled(OURS)),
        (observed(content=ContentState.READY, opened_by=NEWER), Settled(OURS)),
        (observed(), Settled(OURS)),
    ],
)
def test_towards_stopped(seen: Observed, action: Action | None) -> None:
    assert plan([wanted(Goal.STOP)], seen, NOW) == ([] if action is None else [action])


def test_a_failed_seal_of_a_tree_in_use_is_tried_again() -> None:
    failed = observed(content=ContentState.FAILED)
    assert plan([wanted(Goal.STOP, content_ready=True)], failed, NOW) == [Seal(OURS)]


def test_a_forced_stop_kills_what_is_stopping() -> None:
    stopping = observed(ContainerState.STOPPING, ContentState.READY)
    assert plan([wanted(Goal.STOP, grace=0.0)], stopping, NOW) == [Delete(OURS, 0.0)]


def test_discard_frees_the_content_once_no_container_is_left() -> None:
    assert plan([wanted(Goal.DISCARD)], observed(), NOW) == [Discard(OURS)]
    sealed = observed(content=ContentState.SEALED)
    assert plan([wanted(Goal.DISCARD)], sealed, NOW) == [Discard(OURS)]
    alive = observed(ContainerState.RUNNING, ContentState.SEALED)
    assert plan([wanted(Goal.DISCARD)], alive, NOW) == [Delete(OURS, 0.0)]


def test_who_waits_is_left_alone() -> None:
    assert plan([wanted(Goal.WAIT)], observed(ContainerState.RUNNING), NOW) == []


@pytest.mark.parametrize("orphan", [OLD, NEWER, InstanceId("blue-wolf-1111111111", 7)])
def test_an_orphan_goes_after_its_grace_and_content_never(orphan: InstanceId) -> None:
    seen = Observed(
        containers={
            orphan: Seen(
                container=Container(instance=orphan, state=ContainerState.RUNNING), since=NOW
            )
        },
        contents={
            orphan.workspace: ContentStatus(instance=orphan, state=ContentState.READY),
        },
    )
    wants = [wanted(Goal.WAIT)]
    assert plan(wants, seen, NOW + ORPHAN_GRACE - 1) == []
    assert plan(wants, seen, NOW + ORPHAN_GRACE) == [Delete(orphan, 10.0)]
    assert plan([], seen, NOW + ORPHAN_GRACE) == [Delete(orphan, 10.0)]
