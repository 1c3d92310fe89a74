"""What proxies are told in each phase."""

import pytest

from app.workspaces.views import route_of
from tests.app.workspaces.control import Control
from wire.ids import InstanceId
from wire.phases import Phase
from wire.routes import NodeTarget


@pytest.mark.parametrize("phase", list(Phase))
async def test_a_target_and_a_key_only_while_the_supervisor_is_there(
    control: Control, phase: Phase
) -> None:
    made = await control.create()
    async with control.store.change() as change:
        found = await change.exactly(InstanceId(made.id, 1))
        assert found is not None
        row, instance = found
        instance.phase = phase.value
        route = route_of(row, instance, control.store.secrets)
    assert (route.phase, route.owner, route.instance) == (phase, "alice", f"{made.id}.1")
    if phase in {Phase.INITIALIZING, Phase.RUNNING}:
        assert route.target == NodeTarget(instance=f"{made.id}.1")
        assert route.key == control.store.secrets.proof_key(f"{made.id}.1")
    else:
        assert (route.target, route.key) == (None, "")


async def test_without_a_start_there_is_nothing_to_reach(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        row = await change.workspace(made.id)
        assert row is not None
        route = route_of(row, None, control.store.secrets)
    assert (route.instance, route.phase, route.target) == ("", Phase.STOPPED, None)


async def test_a_pod_is_reached_by_its_door(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        found = await change.exactly(InstanceId(made.id, 1))
        assert found is not None
        row, instance = found
        instance.phase, instance.address = Phase.RUNNING.value, "10.1.2.3:22999"
        route = route_of(row, instance, control.store.secrets, {instance.node: "/dial"})
    assert route.target == NodeTarget(
        instance=f"{made.id}.1",
        at="10.1.2.3:22999",
        key=control.store.secrets.proof_key(f"{made.id}.1"),
    )
    assert route.target.key == route.key
