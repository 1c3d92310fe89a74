"""Reports at odd moments; the usual ones are in test_truth and test_agents."""

from app.runtime.port import Container, ContainerState, ContentState, ContentStatus
from tests.app.workspaces.control import DONE, Control
from tests.waiting import until
from wire.agent import Observed
from wire.ids import InstanceId
from wire.phases import Phase, StepState
from wire.problems import Problem


async def test_progress_of_a_clone_is_one_line(control: Control) -> None:
    control.node.script.hold("prepare")
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await until(lambda: made.id in control.node.contents)
        control.node.progress(one, "43 %")

        async def told() -> bool:
            view = await control.see(made.id)
            assert view.instance is not None
            return view.instance.steps[4].detail == "43 %"

        await until(told)
    view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.steps[4].state is StepState.WORKING
    await control.truth.seen(list(control.node.contents.values()))
    assert await control.see(made.id) == view


async def test_a_failed_seal_is_told_and_the_stop_goes_on(control: Control) -> None:
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await control.run(made.id)
        control.node.script.fail("seal", Problem(code="disk_full", title="The disk is full"))
        await control.service.stop(control.alice, made.id)
        await until(lambda: "seal" in [name for name, _ in control.node.calls])
        control.clock.advance(1)
        stopped = await control.at(made.id, Phase.STOPPED)
    assert stopped.instance is not None
    assert (stopped.instance.problem, stopped.instance.conditions) == (None, {})
    told = [line.text for line in await control.service.events(control.alice, made.id)]
    assert "The disk is full." in told
    assert control.node.contents[made.id].instance == one
    assert control.node.contents[made.id].state is ContentState.SEALED


async def test_a_late_failure_of_the_content_stops_nothing(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    one = InstanceId(made.id, 1)
    await control.truth.seen([ContentStatus(instance=one, state=ContentState.FAILED)])
    view = await control.see(made.id)
    assert view.phase is Phase.RUNNING
    assert view.instance is not None
    assert "content_failed" in view.instance.conditions


async def test_a_container_that_ends_while_it_stops_is_no_failure(control: Control) -> None:
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await control.run(made.id)
    await control.service.stop(control.alice, made.id)
    exited = Container(instance=one, state=ContainerState.EXITED, exit_code=143)
    await control.truth.seen([exited])
    view = await control.see(made.id)
    assert view.instance is not None
    assert (view.phase, view.instance.problem) == (Phase.STOPPING, None)


async def test_a_supervisor_that_speaks_too_late_is_not_heard(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    stopping = await control.service.stop(control.alice, made.id)
    report = Observed(version=9, checkout=DONE, ide=DONE, conditions={"ide_failing": "x"})
    await control.agents.observed(f"{made.id}.1", report)
    assert await control.see(made.id) == stopping
