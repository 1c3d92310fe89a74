"""From a view to what pages show, over every phase."""

from typing import Any

import pytest
from msgspec.structs import replace

from app.ides.reading import built_in
from app.workspaces.looks import look_of
from app.workspaces.structs import BackupView, InstanceView, StepView, WorkspaceView
from app.workspaces.vitals import Vital
from wire.phases import Condition, Phase, Step, StepState
from wire.problems import Problem

TERMINALS = built_in().editor("terminal")
PROBLEM = Problem(code="c", title="It broke")


def view(phase: Phase = Phase.RUNNING, name: str = "w", **changes: Any) -> WorkspaceView:
    instance = InstanceView(
        id=f"{name}.1",
        n=1,
        phase=phase,
        phase_since=50.0,
        created=40.0,
        ended=None,
        deadline=None,
        steps=changes.pop("steps", []),
        problem=changes.pop("problem", None),
        conditions=changes.pop("conditions", {}),
    )
    made = WorkspaceView(
        id=name,
        version=3,
        name=name,
        url="https://h.org/a/b",
        ref="",
        repository="h.org/a/b",
        trusted=True,
        owner="alice",
        phase=phase,
        phase_since=50.0,
        ide_url="http://w.ws.localhost",
        created=30.0,
        deleting=False,
        instance=instance,
    )
    return replace(made, **changes)


def step(
    name: Step, state: StepState, began: float | None = None, took: float | None = None
) -> StepView:
    return StepView(step=name, state=state, began=began, took=took)


@pytest.mark.parametrize(
    ("phase", "state", "verbs"),
    [
        *((one, "starting", {"starting", "stoppable"}) for one in Phase if one.starting),
        (Phase.RUNNING, "running", {"running", "stoppable"}),
        (Phase.STOPPING, "stopping", set()),
        (Phase.STOPPED, "stopped", {"idle"}),
    ],
)
def test_every_phase_has_a_state_and_its_buttons(phase: Phase, state: str, verbs: set[str]) -> None:
    look = look_of(view(phase))
    assert (look.state, look.word) == (state, state)
    assert {one for one in VERBS if getattr(look, one)} == verbs


VERBS = ("running", "starting", "idle", "stoppable", "stuck", "slow")


@pytest.mark.parametrize("phase", list(Phase))
def test_what_is_being_deleted_has_no_buttons(phase: Phase) -> None:
    look = look_of(view(phase, deleting=True))
    assert (look.state, look.word) == ("stopping", "deleting")
    assert not any(getattr(look, one) for one in ("running", "starting", "idle", "stoppable"))


def test_a_workspace_without_a_start_is_stopped() -> None:
    look = look_of(view(Phase.STOPPED, instance=None))
    assert (look.state, look.steps, look.total, look.failed_step) == ("stopped", [], None, "")


def test_a_problem_shows_as_failed_once_it_has_stopped() -> None:
    assert look_of(view(Phase.STOPPED, problem=PROBLEM)).state == "failed"
    stopping = look_of(view(Phase.STOPPING, problem=PROBLEM))
    assert stopping.state == "stopping"
    assert stopping.stuck
    late = {Condition.DEADLINE_PASSED.value: "x"}
    assert look_of(view(Phase.STOPPING, conditions=late)).stuck


def test_a_slow_ide_may_be_opened_anyway() -> None:
    slow = {Condition.IDE_SLOW.value: "x"}
    assert look_of(view(Phase.INITIALIZING, conditions=slow)).slow
    assert not look_of(view(Phase.RUNNING, conditions=slow)).slow


def test_a_start_counts_from_its_beginning_and_says_what_it_does() -> None:
    steps = [step(Step.CONTENT, StepState.WORKING, 41.0)]
    look = look_of(view(Phase.CREATING, steps=steps))
    assert (look.since, look.doing) == (40.0, "bringing the files")
    assert look_of(view(Phase.PENDING)).doing == "waiting for the node"
    assert look_of(view(Phase.RUNNING)).since == 50.0


def test_bars_lie_in_the_whole_start_and_the_total_ends_with_the_ide() -> None:
    steps = [
        step(Step.CONTENT, StepState.DONE, 40.0, 5.0),
        step(Step.CHECKOUT, StepState.DONE, 39.0, 0.0),
        step(Step.IDE, StepState.DONE, 45.0, 5.0),
    ]
    look = look_of(view(steps=steps))
    assert [(one.left, one.width) for one in look.steps] == [(0, 50), (0, 0.6), (50, 50)]
    assert [one.title for one in look.steps] == ["Files", "Checkout", "VS Code"]
    assert look.total == 10.0
    untold = [step(Step.IDE, StepState.DONE)]
    assert look_of(view(steps=untold)).total is None


def test_the_failed_step_is_named() -> None:
    steps = [step(Step.CONTENT, StepState.FAILED, 40.0, 1.0), step(Step.IDE, StepState.WAITING)]
    look = look_of(view(Phase.STOPPED, steps=steps, problem=PROBLEM))
    assert look.failed_step == "Files"
    assert look.total is None
    assert (look.steps[1].left, look.steps[1].width) == (0, 0)


def test_a_workspace_with_terminals_only_says_so_everywhere() -> None:
    at_work = [step(Step.IDE, StepState.WORKING, 41.0)]
    look = look_of(view(Phase.INITIALIZING, editor=TERMINALS, steps=at_work))
    assert (look.steps[0].title, look.doing) == ("Terminals", "starting the terminals")
    assert (look.opens, look_of(view()).opens) == ("the terminals", "VS Code")


def test_an_editor_on_the_persons_computer_is_led_to_by_a_page() -> None:
    look = look_of(view(editor=built_in().editor("zed")))
    assert (look.opens, look.open_url) == ("Zed", "/workspaces/w/desktop")
    assert look.ready_url == look.open_url
    assert look_of(view()).open_url == "http://w.ws.localhost"


def test_every_phase_says_who_moves_it_on():
    assert look_of(view(Phase.CREATING)).owner == "The node"
    assert all(look_of(view(phase)).owner for phase in Phase)


@pytest.mark.parametrize(
    ("awake", "words"), [([], ""), (["make"], "make"), (["make", "a", "b"], "make and 2 more")]
)
def test_what_is_at_work_is_said_while_it_runs(awake: list[str], words: str) -> None:
    vital = Vital("w.1", 1, awake=awake)
    assert look_of(view(), vital).awake == words
    assert look_of(view(Phase.STOPPED), vital).awake == ""
    assert look_of(view()).awake == ""


def test_what_runs_out_is_said_while_it_runs() -> None:
    low = {Condition.MEMORY_LOW: "93% are in use.", Condition.CONFIG_INVALID: "x"}
    assert look_of(view(conditions=low)).runs_out == ("Memory nearly full", "93% are in use.")
    assert look_of(view(Phase.STOPPED, conditions=low)).runs_out == ("", "")
    assert look_of(view()).runs_out == ("", "")


def test_what_waits_for_its_files_is_starting_and_what_is_archived_says_since_when() -> None:
    away = look_of(view(Phase.STOPPED, archived_at=5.0, archived=True))
    assert (away.word, away.since, away.archived, away.can_archive) == (
        "archived",
        5.0,
        True,
        False,
    )
    back = BackupView(restoring=True, starts=True)
    waits = look_of(view(Phase.STOPPED, archived_at=5.0, archived=True, backup=back))
    assert (waits.word, waits.doing) == ("starting", "bringing its files back")
    assert (waits.idle, waits.waits, waits.archived) == (False, True, False)
    safe = look_of(view(Phase.STOPPED, backup=BackupView(safe=True)))
    assert (safe.can_archive, safe.archiving) == (True, False)
    going = look_of(view(Phase.STOPPED, archived_at=5.0, backup=BackupView(safe=True)))
    assert (going.can_archive, going.archiving, going.word) == (False, True, "stopped")
