"""Events written into rows: phase, steps, problem, conditions, history."""

import pytest

from app.workspaces.lifecycle import Event
from app.workspaces.transitions import happen, mark
from tests.app.workspaces.control import Control
from wire.ids import InstanceId
from wire.phases import Condition, Phase, StepState
from wire.problems import Problem

FIRST = Problem(code="first", title="First cause")
SECOND = Problem(code="second", title="Second cause")


async def let(control: Control, workspace: str, *events: Event, **more: object) -> list[bool]:
    changed = []
    for event in events:
        async with control.store.change() as change:
            found = await change.exactly(InstanceId(workspace, 1))
            assert found is not None
            changed.append(happen(change, *found, event, **more))  # type: ignore[arg-type] # keywords of happen
    return changed


async def test_a_start_written_down(control: Control) -> None:
    made = await control.create()
    events = [
        Event.RESOLVED,
        Event.PLACED,
        Event.CONTENT_READY,
        Event.CONTAINER_RUNNING,
        Event.CONNECTED,
        Event.IDE_READY,
    ]
    assert await let(control, made.id, *events) == [True] * 6
    assert await let(control, made.id, *events) == [False] * 6
    view = await control.see(made.id)
    assert view.version == made.version + 6
    assert view.phase is Phase.RUNNING
    assert view.instance is not None
    assert {one.state for one in view.instance.steps} == {StepState.DONE}


async def test_the_first_cause_stays_and_the_step_at_work_has_failed(control: Control) -> None:
    made = await control.create()
    await let(control, made.id, Event.RESOLVED, Event.PLACED)
    await let(control, made.id, Event.FAILED, problem=FIRST)
    await let(control, made.id, Event.FORCE, problem=SECOND)
    view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.problem == FIRST
    assert view.instance.steps[4].state is StepState.FAILED
    assert view.instance.steps[4].detail == "First cause"
    assert view.instance.conditions == {"forced": "given up in phase stopping"}


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([], "image_missing"),
        ([Event.RESOLVED], "deadline_passed"),
        ([Event.RESOLVED, Event.PLACED], "deadline_passed"),
        ([Event.STOP_ASKED], "deadline_passed"),
    ],
)
async def test_a_deadline_is_explained(control: Control, events: list[Event], code: str) -> None:
    made = await control.create()
    await let(control, made.id, *events, Event.DEADLINE)
    view = await control.see(made.id)
    assert view.phase is Phase.STOPPING
    assert view.instance is not None
    assert view.instance.problem is not None
    assert view.instance.problem.code == code
    assert view.instance.problem.cure


async def test_a_silent_node_is_named_as_the_cause_of_a_passed_deadline(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        found = await change.exactly(InstanceId(made.id, 1))
        assert found is not None
        assert mark(found[1], Condition.NODE_UNREACHABLE, "It does not answer.")
        assert not mark(found[1], Condition.NODE_UNREACHABLE, "It does not answer.")
    await let(control, made.id, Event.DEADLINE)
    view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.problem is not None
    assert view.instance.problem.code == "node_unreachable"


async def test_who_did_it_is_in_the_history(control: Control) -> None:
    made = await control.create()
    await control.service.stop(control.alice, made.id)
    await let(control, made.id, Event.SETTLED)
    lines = await control.service.events(control.alice, made.id)
    assert [(one.kind, one.actor) for one in lines] == [
        ("stopped", "podium"),
        ("stopping", "alice"),
        ("created", "alice"),
    ]
