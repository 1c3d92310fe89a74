"""A: what is ended for its age, or because nobody uses it, and what is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.runtime.watching import PERIOD
from app.workspaces.timeouts import Policy
from tests.app.workspaces.control import Control, open_control
from tests.app.workspaces.test_activity import MINUTE, passed, running, told
from tests.waiting import until
from wire.agent import Activity
from wire.phases import Condition, Phase, StopReason

ROWS = {"A1", "A3", "A7", "A9", "A11"}
HOUR = 60 * MINUTE


@pytest_asyncio.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    """Its settings are those of Gitpod's cases."""
    async with open_control(tmp_path) as opened:
        opened.store.policy = Policy(timeout="60m", lifetime="36h")
        yield opened


async def test_a1_one_that_is_made_for_too_long_has_timed_out(control: Control) -> None:
    control.node.script.hold("apply")
    made = await control.create()
    async with control.reconciling():
        await control.at(made.id, Phase.CREATING)
        await until(lambda: "apply" in [name for name, _ in control.node.calls])
        control.clock.advance(10 * HOUR)
        await until(lambda: _is_late(control, made.id))


async def _is_late(control: Control, workspace: str) -> bool:
    instance = (await control.see(workspace)).instance
    return instance is not None and Condition.DEADLINE_PASSED in instance.conditions


async def test_a3_one_that_nobody_has_used_for_two_hours_has_timed_out(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        assert view.instance is not None
        for count in range(1, 17):
            control.clock.advance(30 * MINUTE)
            await control.agents.observed(view.instance.id, told(count, Activity.TERMINAL))
        await passed(control)
        assert (await control.see(view.id)).phase is Phase.RUNNING
        control.clock.advance(2 * HOUR)
        assert await _ended(control, view.id) is StopReason.TIMED_OUT


async def test_a7_one_that_never_idles_ends_with_its_longest_time(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        await control.timeouts.set_workspace(control.alice, view.id, "none")
        control.clock.advance(50 * HOUR - MINUTE)
        assert await _ended(control, view.id) is StopReason.LIFETIME


async def test_a9_one_that_nobody_ever_used_has_timed_out(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        control.clock.advance(5 * HOUR)
        assert await _ended(control, view.id) is StopReason.TIMED_OUT


async def _ended(control: Control, workspace: str) -> StopReason | None:
    view = await control.at(workspace, Phase.STOPPED)
    assert view.instance is not None
    return view.instance.stop_reason


def test_a11_what_lives_is_looked_at_again() -> None:
    assert PERIOD == 10.0
