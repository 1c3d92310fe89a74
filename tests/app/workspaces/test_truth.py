"""Wishes through the database, the reconciler and a fake node: whole lives, and every mishap."""

import pytest

from app.accounts.access import Principal
from app.faults import Missing
from app.runtime.plan import Goal
from app.runtime.port import ContentState, Credentials
from app.workspaces.looks import look_of
from app.workspaces.structs import WorkspaceView
from app.workspaces.truth import DatabaseTruth
from tests.app.workspaces.control import Control
from tests.waiting import until
from wire.ids import InstanceId
from wire.phases import Phase, StepState
from wire.problems import Problem


async def events(control: Control, workspace: str) -> list[str]:
    lines = await control.service.events(control.alice, workspace)
    return [one.kind for one in reversed(lines)]


async def is_missing(control: Control, who: Principal, workspace: str) -> bool:
    try:
        await control.service.get(who, workspace)
    except Missing:
        return True
    return False


async def test_a_whole_life(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        running = await control.run(made.id)
        assert running.instance is not None
        assert {one.state for one in running.instance.steps} == {StepState.DONE}
        assert running.instance.steps[4].took == 0.2
        assert running.instance.deadline is None

        await control.service.stop(control.alice, made.id)
        stopped = await control.at(made.id, Phase.STOPPED)
        assert stopped.instance is not None
        assert stopped.instance.problem is None
        assert stopped.instance.ended is not None
        assert control.node.contents[made.id].state is ContentState.SEALED

        await control.service.start(control.alice, made.id)
        again = await control.run(made.id)
        assert again.instance is not None
        assert again.instance.n == 2
        await control.service.delete(control.alice, made.id)
        await until(lambda: is_missing(control, control.alice, made.id))
    assert control.node.contents == {}
    assert control.node.containers == {}
    assert await control.service.list(control.alice) == []
    assert control.feed.route(made.id) is None


async def test_what_is_too_large_can_be_had_without_old_versions(control: Control) -> None:
    control.node.repositories.huge.add("https://h.org/ada/demo")
    made = await control.create()
    async with control.reconciling():
        failed = await control.at(made.id, Phase.STOPPED)
        assert failed.instance is not None
        assert failed.instance.problem is not None
        assert failed.instance.problem.code == "clone_too_large"
        assert look_of(failed).too_large
        await control.service.start(control.alice, made.id, partial=True)
        running = await control.run(made.id)
        assert not look_of(running).too_large


async def test_versions_only_grow_and_history_tells_the_life(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        running = await control.run(made.id)
        assert running.version > made.version
        await control.service.stop(control.alice, made.id)
        stopped = await control.at(made.id, Phase.STOPPED)
    assert stopped.version > running.version
    assert await events(control, made.id) == ["created", "running", "stopping", "stopped"]


async def test_the_second_start_opens_the_old_tree_and_checks_nothing_out(
    control: Control,
) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await control.service.start(control.alice, made.id)
        view = await control.contained(made.id)
        assert view.instance is not None
        desired = await control.agents.connected(view.instance.id)
    assert desired is not None
    assert desired.checkout is None
    shown = await control.see(made.id)
    assert shown.instance is not None
    assert shown.instance.steps[7].detail == "as it was left"


async def test_a_lost_tree_is_a_fault_never_an_empty_start(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await control.node.discard(made.id, 1)
        await control.service.start(control.alice, made.id)
        failed = await failing(control, made)
    assert failed.instance is not None
    assert failed.instance.n == 2
    assert code_of(failed) in {"content_missing", "fenced"}


async def failing(control: Control, made: WorkspaceView) -> WorkspaceView:
    async def failed() -> WorkspaceView | None:
        view = await control.see(made.id)
        assert view.instance is not None
        return view if view.instance.problem and view.phase is Phase.STOPPED else None

    found = await until(failed)
    assert isinstance(found, WorkspaceView)
    return found


def code_of(view: WorkspaceView) -> str:
    assert view.instance is not None
    assert view.instance.problem is not None
    return view.instance.problem.code


async def test_a_failed_clone_ends_the_start_and_says_why(control: Control) -> None:
    control.node.script.fail("prepare", Problem(code="ref_unknown", title="No such branch"))
    made = await control.create()
    async with control.reconciling():
        failed = await failing(control, made)
        assert code_of(failed) == "ref_unknown"
        assert failed.instance is not None
        assert failed.instance.steps[4].state is StepState.FAILED
        assert failed.instance.steps[4].detail == "No such branch"
        await control.service.start(control.alice, made.id)
        await control.run(made.id)
    assert "failed" in await events(control, made.id)


async def test_a_failed_container_start_keeps_the_tree(control: Control) -> None:
    control.node.script.fail("apply", Problem(code="start_failed", title="No runtime"))
    made = await control.create()
    async with control.reconciling():
        failed = await failing(control, made)
    assert code_of(failed) == "start_failed"
    assert control.node.contents[made.id].state is ContentState.SEALED


@pytest.mark.parametrize(
    ("exit_code", "oom", "code"), [(1, False, "container_died"), (137, True, "out_of_memory")]
)
async def test_a_container_that_dies_is_sealed_and_explained(
    control: Control, exit_code: int, code: str, *, oom: bool
) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        control.node.kill(InstanceId(made.id, 1), exit_code, oom=oom)
        failed = await failing(control, made)
    assert code_of(failed) == code
    assert failed.instance is not None
    assert code in failed.instance.conditions
    assert control.node.contents[made.id].state is ContentState.SEALED
    assert control.node.containers == {}


async def test_a_container_that_ends_well_has_been_stopped_from_inside(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        control.node.kill(InstanceId(made.id, 1), 0)
        stopped = await control.at(made.id, Phase.STOPPED)
    assert stopped.instance is not None
    assert stopped.instance.problem is None


async def test_a_container_gone_without_a_word_is_not_started_again(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    control.node.containers.clear()
    async with control.reconciling():
        failed = await failing(control, made)
    assert code_of(failed) == "container_died"
    assert [name for name, _ in control.node.calls].count("apply") == 1


async def test_a_start_wished_while_it_stops_begins_when_it_has_stopped(
    control: Control,
) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        control.node.script.hold("delete")
        await control.service.stop(control.alice, made.id)
        wished = await control.service.start(control.alice, made.id)
        assert wished.phase is Phase.STOPPING
        control.node.script.release("delete")
        second = await control.run(made.id)
    assert second.instance is not None
    assert second.instance.n == 2


@pytest.mark.parametrize("held", ["prepare", "apply"])
async def test_a_deadline_ends_a_start_that_hangs(control: Control, held: str) -> None:
    control.node.script.hold(held)  # type: ignore[arg-type] # one of the words
    made = await control.create()
    async with control.reconciling():
        await control.at(made.id, Phase.CREATING)
        await until(lambda: held in [name for name, _ in control.node.calls])
        control.clock.advance(3600)
        failed = await failing(control, made)
    assert code_of(failed) == "deadline_passed"


async def test_without_artefacts_a_start_waits_and_then_says_what_is_missing(
    control: Control,
) -> None:
    control.artefacts = None
    made = await control.create()
    async with control.reconciling():
        await until(lambda: control.reconciler.passes > 3)
        assert (await control.see(made.id)).phase is Phase.PREPARING
        control.clock.advance(3600)
        failed = await failing(control, made)
    assert code_of(failed) == "image_missing"


async def test_a_stop_that_hangs_is_forced_and_can_be_given_up(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        control.node.script.hold("seal")
        await control.service.stop(control.alice, made.id)
        await until(lambda: "seal" in [name for name, _ in control.node.calls])
        control.clock.advance(61)

        async def late() -> bool:
            view = await control.see(made.id)
            return view.instance is not None and "deadline_passed" in view.instance.conditions

        await until(late)
        (wanted,) = await control.truth.desired()
        assert (wanted.goal, wanted.grace) == (Goal.STOP, 0.0)
        given_up = await control.service.stop(control.alice, made.id, force=True)
    assert given_up.phase is Phase.STOPPED
    assert await control.truth.desired() == []


async def test_only_a_clone_is_given_credentials(control: Control) -> None:
    asked: list[tuple[str, str]] = []

    async def give(user: str, url: str) -> Credentials:
        asked.append((user, url))
        return Credentials(username="ada", password="t")

    control.truth = DatabaseTruth(control.store, lambda: control.artefacts, credentials=give)
    made = await control.create()
    await control.truth.advance(reachable=True)
    (wanted,) = await control.truth.desired()
    assert wanted.initializer is not None
    assert wanted.initializer.credentials.password == "t"
    assert wanted.spec is not None
    assert wanted.initializer.workspace_class == wanted.spec.workspace_class
    assert "password" not in repr(wanted)
    async with control.reconciling():
        await control.run(made.id)
    asked.clear()
    (wanted,) = await control.truth.desired()
    assert wanted.initializer is not None
    assert wanted.initializer.credentials == Credentials()
    assert asked == []
