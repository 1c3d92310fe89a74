"""What people say about timeouts, for one workspace and for all of theirs."""

import pytest

from app.faults import Conflict, Denied, Malformed, Missing
from app.workspaces.timeouts import Policy
from tests.app.workspaces.control import Control
from tests.app.workspaces.test_activity import MINUTE, passed, running
from wire.agent import Activity
from wire.phases import Phase, StopReason


async def test_a_workspaces_own_timeout_counts_and_can_be_taken_back(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        control.clock.advance(20 * MINUTE)
        chosen = await control.timeouts.set_workspace(control.alice, view.id, "2h")
        assert (chosen.timeout, chosen.stops_at) == ("2h", control.clock.now() + 7200)
        assert chosen.instance is not None
        assert chosen.instance.timeout == "2h"
        never = await control.timeouts.set_workspace(control.alice, view.id, "none")
        assert never.stops_at is None
        back = await control.timeouts.set_workspace(control.alice, view.id, "")
        assert (back.timeout, back.stops_at) == ("", control.clock.now() + 1800)
        with pytest.raises(Malformed):
            await control.timeouts.set_workspace(control.alice, view.id, "25h")
        with pytest.raises(Missing):
            await control.timeouts.set_workspace(control.bob, view.id, "2h")


async def test_a_persons_timeout_reaches_what_runs_but_not_what_has_its_own(
    control: Control,
) -> None:
    async with control.reconciling():
        one, two = await running(control), await running(control)
        await control.timeouts.set_workspace(control.alice, two.id, "2h")
        mine = await control.timeouts.set_person(control.alice, "1h")
        assert (mine.timeout, mine.installation, mine.effective) == ("1h", "30m", "1h")
        assert (await control.see(one.id)).stops_at == control.clock.now() + 3600
        assert (await control.see(two.id)).stops_at == control.clock.now() + 7200
        control.clock.advance(40 * MINUTE)
        shorter = await control.timeouts.set_person(control.alice, "10m")
        assert shorter.effective == "10m"
        # nothing stops without a warning because somebody chose a shorter time
        assert (await control.see(one.id)).stops_at == control.clock.now() + 5 * MINUTE
        assert (await control.timeouts.person(control.bob)).effective == "30m"
        assert (await control.timeouts.set_person(control.alice, "")).effective == "30m"
        with pytest.raises(Denied):
            await control.timeouts.set_person(control.stranger, "1h")


async def test_keeping_it_running_begins_the_time_anew(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        control.clock.advance(29 * MINUTE)
        kept = await control.timeouts.keep_awake(control.alice, view.id)
        assert (kept.stops_at, kept.why_awake) == (
            control.clock.now() + 1800,
            "you asked for it",
        )
        await control.service.stop(control.alice, view.id)
        await control.at(view.id, Phase.STOPPED)
        with pytest.raises(Conflict):
            await control.timeouts.keep_awake(control.alice, view.id)


async def test_a_port_that_is_used_keeps_it_awake(control: Control) -> None:
    async with control.reconciling():
        view = await running(control)
        control.clock.advance(29 * MINUTE)
        await control.timeouts.used({view.id: Activity.PORT, "no workspace": Activity.PORT})
        used = await control.see(view.id)
        assert (used.active_at, used.why_awake) == (control.clock.now(), "a port was opened")
        version = used.version
        control.clock.advance(5)
        await control.timeouts.used({view.id: Activity.PORT})
        assert (await control.see(view.id)).version == version


async def test_a_lifetime_ends_what_is_used_as_well(control: Control) -> None:
    control.store.policy = Policy(timeout="30m", lifetime="1h")
    async with control.reconciling():
        view = await running(control)
        for _ in range(3):
            control.clock.advance(20 * MINUTE - 1)
            await control.timeouts.keep_awake(control.alice, view.id)
        await passed(control)
        assert (await control.see(view.id)).stops_at == control.clock.now() + 3
        control.clock.advance(3)
        stopped = await control.at(view.id, Phase.STOPPED)
    assert stopped.instance is not None
    assert stopped.instance.stop_reason is StopReason.LIFETIME
    assert stopped.instance.stop_detail == "it had run for 1 h, the longest time here"
