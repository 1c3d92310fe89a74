from app.runtime.fake import FakeRuntime
from app.runtime.fakelease import FakeLease
from app.runtime.lease import NodeClock
from app.runtime.port import Container, ContainerState
from kit.clock import FakeClock
from wire.ids import InstanceId

INSTANCE = InstanceId("amber-otter-4k2hw9xz1q", 1)


async def test_it_ends_what_runs_when_its_time_is_over() -> None:
    node, clock = FakeRuntime(), FakeClock()
    lease = FakeLease(node, clock)
    node.containers[INSTANCE] = Container(instance=INSTANCE, state=ContainerState.RUNNING)
    clock.advance(1e6)
    assert not lease.enforce(), "nothing was ever granted"
    told = await lease.hold(None)
    assert told.clock == NodeClock("boot-1", 1e6)
    await lease.hold(NodeClock("boot-1", 1e6 + 10))
    await lease.hold(NodeClock("boot-0", 1e9))
    clock.advance(9)
    assert not lease.enforce()
    clock.advance(1)
    assert lease.enforce()
    assert node.containers[INSTANCE].state is ContainerState.EXITED
