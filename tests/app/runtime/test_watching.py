"""A node that is followed, and nothing done about it."""

from app.runtime.fake import FakeRuntime
from app.runtime.loop import Reconciler
from app.runtime.plan import Goal
from app.runtime.port import ContainerState
from kit.clock import SystemClock
from kit.tasks import Tasks
from tests.app.runtime.ledger import FROM, ONE, SPEC, Ledger
from tests.waiting import until


async def test_who_follows_sees_and_does_nothing() -> None:
    node, ledger, tasks = FakeRuntime(), Ledger(), Tasks()
    await node.prepare(ONE, FROM)
    await node.apply(ONE, SPEC)
    follower = Reconciler(node, node, ledger, SystemClock(), period=0.05)
    ledger.want(Goal.STOP)
    tasks.spawn(follower.follow(), "follower")
    await until(lambda: follower.observed() is not None)
    asked = len([name for name, _ in node.calls if name == "list"])
    await until(lambda: len([name for name, _ in node.calls if name == "list"]) > asked)
    await tasks.close()
    assert ledger.told == []
    assert node.containers[ONE].state is ContainerState.RUNNING
    assert {name for name, _ in node.calls} == {"prepare", "apply", "watch", "list"}


async def test_who_followed_tells_everything_when_it_leads() -> None:
    node, ledger, tasks = FakeRuntime(), Ledger(), Tasks()
    await node.prepare(ONE, FROM)
    await node.apply(ONE, SPEC)
    ledger.want(Goal.RUN)
    one = Reconciler(node, node, ledger, SystemClock(), period=0.05)
    tasks.spawn(one.follow(), "follower")
    await until(lambda: one.observed() is not None)
    await tasks.close()
    tasks.spawn(one.run(), "reconciler")
    await until(lambda: "container running" in ledger.told)
    await tasks.close()


async def test_a_node_that_is_away_is_followed_when_it_is_back() -> None:
    node, tasks = FakeRuntime(), Tasks()
    node.cut()
    follower = Reconciler(node, node, Ledger(), SystemClock(), period=0.05)
    tasks.spawn(follower.follow(), "follower")
    assert follower.observed() is None
    node.mend()
    await until(lambda: follower.observed() is not None)
    await tasks.close()
