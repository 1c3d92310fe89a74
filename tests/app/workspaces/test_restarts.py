"""What outlives a server: silence of the node, late reports, and death at any step."""

import pytest

from app.runtime.port import ContainerState, ContentState
from tests.app.workspaces.control import Control
from tests.waiting import until
from wire.ids import InstanceId
from wire.phases import Phase, StepState


async def test_a_silent_node_is_told_after_a_while_and_kills_nobody(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        control.node.cut()
        await until(lambda: not control.reconciler.reachable)
        # the silence counts from the pass that notices it, which is over when the next one begins
        noticed = control.reconciler.passes + 1
        await until(lambda: control.reconciler.passes > noticed)
        control.clock.advance(3600)
        condition = "node_unreachable"

        async def told() -> bool:
            view = await control.see(made.id)
            return view.instance is not None and condition in view.instance.conditions

        await until(told)
        assert (await control.see(made.id)).phase is Phase.RUNNING
        control.node.mend()

        async def forgotten() -> bool:
            return not await told()

        await until(forgotten)
        assert (await control.see(made.id)).phase is Phase.RUNNING


async def test_reports_of_an_older_start_are_dropped(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await control.service.start(control.alice, made.id)
        running = await control.run(made.id)
    old = InstanceId(made.id, 1)
    await control.truth.failed(old, None)
    await control.truth.settled(old)
    control.node.kill(old)
    await control.truth.seen(list(control.node.containers.values()))
    assert await control.see(made.id) == running
    assert control.node.containers[old].state is ContainerState.EXITED


@pytest.mark.parametrize("calls", [1, 2, 3])
async def test_a_server_killed_at_any_step_converges(control: Control, calls: int) -> None:
    made = await control.create()

    async def went_on(before: int) -> bool:
        view = await control.see(made.id)
        assert view.instance is not None
        return (
            len([name for name, _ in control.node.calls if name not in {"list", "watch"}])
            >= before + calls
            or (view.phase is Phase.CREATING and view.instance.steps[5].state is StepState.DONE)
            or view.phase is Phase.STOPPED
        )

    for _life in range(20):
        before = len([name for name, _ in control.node.calls if name not in {"list", "watch"}])
        async with control.reconciling():
            await until(lambda: went_on(before))  # noqa: B023 - awaited in this turn
        view = await control.see(made.id)
        if view.phase is Phase.STOPPED:
            break
        assert view.instance is not None
        if view.instance.steps[5].state is StepState.DONE:
            await control.service.stop(control.alice, made.id)
    assert (await control.see(made.id)).phase is Phase.STOPPED
    assert control.node.containers == {}
    assert control.node.contents[made.id].state is ContentState.SEALED
