"""Timeouts through the whole control plane: beats, wishes, clocks that jump, restarts."""

import pytest

from app.workspaces.structs import WorkspaceView
from tests.app.workspaces.control import DONE, Control
from tests.waiting import until
from wire.agent import Activity, Beats, Observed, TimeoutWish
from wire.phases import Phase, StopReason

MINUTE = 60.0


def told(count: int = 0, last: Activity = Activity.START, **more: object) -> Observed:
    return Observed(version=2, checkout=DONE, ide=DONE, beats=Beats(count=count, last=last), **more)


async def running(control: Control) -> WorkspaceView:
    """A workspace whose supervisor looks for activity."""
    made = await control.create()
    view = await control.run(made.id)
    assert view.instance is not None
    await control.agents.observed(view.instance.id, told())
    return await control.see(made.id)


async def passed(control: Control, passes: int = 3) -> None:
    """Wait until the reconciler has looked again, whole passes."""
    until_then = control.reconciler.passes + passes
    control.reconciler.wake()
    await until(lambda: control.reconciler.passes >= until_then)


async def test_what_nobody_uses_stops_and_says_why(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.stops_at == control.clock.now() + 30 * MINUTE
        assert (view.active_at, view.why_awake) == (control.clock.now(), "it has just started")
        control.clock.advance(29 * MINUTE)
        await passed(control)
        assert (await control.see(view.id)).phase is Phase.RUNNING
        control.clock.advance(MINUTE)
        stopped = await control.at(view.id, Phase.STOPPED)
    assert stopped.instance is not None
    assert stopped.instance.problem is None
    assert stopped.instance.stop_reason is StopReason.TIMED_OUT
    assert stopped.instance.stop_detail == "no activity for 30 min"
    assert stopped.stops_at is None
    lines = [one.text for one in await control.service.events(control.alice, view.id)]
    assert "Start 1 is stopping: no activity for 30 min." in lines


async def test_a_beat_begins_the_time_anew_and_the_same_count_is_no_news(
    control: Control,
) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.instance is not None
        control.clock.advance(20 * MINUTE)
        await control.agents.observed(view.instance.id, told(1, Activity.TERMINAL))
        used = await control.see(view.id)
        assert (used.active_at, used.why_awake) == (control.clock.now(), "a terminal was used")
        control.clock.advance(20 * MINUTE)
        await control.agents.observed(view.instance.id, told(1, Activity.TERMINAL))
        assert (await control.see(view.id)).active_at == used.active_at
        control.clock.advance(10 * MINUTE)
        await control.at(view.id, Phase.STOPPED)


async def test_a_supervisor_that_tells_of_no_activity_is_never_idle(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        assert (await control.run(made.id)).stops_at is None
        control.clock.advance(86_400)
        await passed(control)
        assert (await control.see(made.id)).phase is Phase.RUNNING


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
async def test_a_clock_that_jumps_stops_nothing_and_keeps_what_is_left(
    control: Control, jump: float
) -> None:
    async with control.reconciling():
        view = await running(control)
        control.clock.advance(10 * MINUTE)
        control.clock.jump(jump)
        await passed(control)
        after = await control.see(view.id)
        assert after.phase is Phase.RUNNING
        assert after.stops_at == control.clock.now() + 20 * MINUTE
        control.clock.advance(20 * MINUTE)
        await control.at(view.id, Phase.STOPPED)


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
async def test_a_start_in_progress_survives_a_clock_that_jumps(
    control: Control, jump: float
) -> None:
    control.node.script.hold("apply")
    made = await control.create()
    async with control.reconciling():
        before = await control.at(made.id, Phase.CREATING)
        await until(lambda: "apply" in [name for name, _ in control.node.calls])
        await passed(control)
        before = await control.see(made.id)
        control.clock.jump(jump)
        await passed(control)
        after = await control.see(made.id)
        assert after.phase is Phase.CREATING
        assert before.instance is not None
        assert after.instance is not None
        assert before.instance.deadline is not None
        assert after.instance.deadline == before.instance.deadline + jump
        control.node.script.release("apply")
        await control.run(made.id)


async def test_while_no_supervisor_is_connected_nothing_is_concluded(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.instance is not None
        control.linked.add("somebody else")
        control.clock.advance(40 * MINUTE)
        await passed(control)
        assert (await control.see(view.id)).phase is Phase.RUNNING
        await until(lambda: has_condition(control, view.id, "supervisor_silent", held=False))
        control.clock.advance(2 * MINUTE)
        await until(lambda: has_condition(control, view.id, "supervisor_silent", held=True))
        assert (await control.see(view.id)).stops_at is None
        control.linked.add(view.instance.id)
        await control.agents.connected(view.instance.id)
        back = await control.see(view.id)
        assert back.stops_at == control.clock.now() + 5 * MINUTE
        await until(lambda: has_condition(control, view.id, "supervisor_silent", held=False))
        control.clock.advance(5 * MINUTE)
        await control.at(view.id, Phase.STOPPED)


async def has_condition(control: Control, workspace: str, name: str, *, held: bool) -> bool:
    control.reconciler.wake()
    view = await control.see(workspace)
    return view.instance is not None and (name in view.instance.conditions) is held


async def test_gp_asks_once_for_each_number_and_what_is_no_timeout_is_dropped(
    control: Control,
) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.instance is not None
        name = view.instance.id
        await control.agents.observed(name, told(timeout_wish=TimeoutWish(number=1, timeout="2h")))
        assert (await control.see(view.id)).timeout == "2h"
        await control.timeouts.set_workspace(control.alice, view.id, "1h")
        await control.agents.observed(name, told(timeout_wish=TimeoutWish(number=1, timeout="2h")))
        await control.agents.observed(name, told(timeout_wish=TimeoutWish(number=2, timeout="48h")))
        after = await control.see(view.id)
        assert after.timeout == "1h"
        assert after.stops_at == control.clock.now() + 3600


async def test_what_the_supervisor_is_told(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.instance is not None
        desired = await control.agents.connected(view.instance.id)
    assert desired is not None
    assert (desired.timeout, desired.stops_at) == ("30m", control.clock.now() + 30 * MINUTE)


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
async def test_a_server_that_begins_after_a_jump_waits_neither_for_ever_nor_for_nothing(
    control: Control, jump: float
) -> None:
    control.node.script.hold("apply")
    made = await control.create()
    async with control.reconciling():
        await control.at(made.id, Phase.CREATING)
        await passed(control)
    control.clock.jump(jump)
    later = Control(control.url, control.clock)
    later.alice = control.alice
    await later.truth.advance(reachable=True)
    view = await later.see(made.id)
    await later.database.close()
    assert view.phase is Phase.CREATING
    assert view.instance is not None
    assert view.instance.deadline is not None
    left = view.instance.deadline - control.clock.now()
    assert 30.0 <= left <= 30 * MINUTE
