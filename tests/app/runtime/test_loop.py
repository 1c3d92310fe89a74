"""The reconciler in conversation with a fake node: what is wished, done, seen and told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.loop import Reconciler
from app.runtime.plan import Goal
from app.runtime.port import Container, ContainerState, ContentState
from kit.clock import FakeClock
from kit.tasks import Tasks
from tests.app.runtime.ledger import FROM, ONE, SPEC, WORKSPACE, Ledger
from tests.waiting import until
from wire.ids import InstanceId
from wire.problems import Problem


class Stage:
    def __init__(self) -> None:
        self.node = FakeRuntime()
        self.ledger = Ledger()
        self.clock = FakeClock()
        self.loop = self.new_loop()

    def new_loop(self) -> Reconciler:
        return Reconciler(self.node, self.node, self.ledger, self.clock, period=0.05)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Reconciler]:
        tasks = Tasks()
        self.loop = self.new_loop()
        tasks.spawn(self.loop.run(), "reconciler")
        try:
            yield self.loop
        finally:
            await tasks.close()

    async def told(self, word: str) -> None:
        await until(lambda: word in self.ledger.told)

    async def quiet(self, passes: int = 3) -> None:
        """Let some passes go by."""
        target = self.loop.passes + passes
        await until(lambda: self.loop.passes >= target)

    def names(self) -> list[str]:
        return [name for name, _ in self.node.calls if name not in {"watch", "list"}]


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def until_at(stage: Stage, state: ContainerState) -> None:
    await until(lambda: stage.node.containers.get(ONE, _GONE).state is state)


_GONE = Container(instance=ONE, state=ContainerState.ABSENT)


async def test_a_wish_is_carried_out_in_order(stage: Stage) -> None:
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("container running")
        await stage.quiet()
        assert stage.names() == ["prepare", "apply"]
        stage.ledger.want(Goal.STOP)
        stage.loop.wake()
        await stage.told("settled")
        await stage.quiet()
    assert stage.names() == ["prepare", "apply", "delete", "delete", "seal", "delete"]
    assert stage.node.contents[WORKSPACE].state is ContentState.SEALED
    assert stage.ledger.told == [
        "reachable",
        "content ready",
        "container running",
        "container absent",
        "content sealed",
        "settled",
    ]


async def test_a_new_server_finds_what_an_older_one_began(stage: Stage) -> None:
    stage.ledger.want(Goal.RUN)
    stage.node.script.hold("prepare")
    async with stage.running():
        await stage.told("content working")
    stage.node.script.release("prepare")
    async with stage.running():
        await stage.told("container running")
        await stage.quiet()
    assert stage.names() == ["prepare", "apply"]
    async with stage.running():
        await stage.quiet(6)
    assert stage.names() == ["prepare", "apply"]


async def test_deleting_frees_the_content(stage: Stage) -> None:
    await stage.node.prepare(ONE, FROM)
    await stage.node.apply(ONE, SPEC)
    stage.ledger.want(Goal.DISCARD)
    async with stage.running():
        await stage.told("discarded")
    assert stage.node.containers == {}
    assert stage.node.contents == {}


async def test_a_container_that_vanishes_is_lost_and_not_started_again(stage: Stage) -> None:
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("container running")
        stage.node.containers.clear()
        stage.clock.advance(100)
        stage.loop.wake()
        await stage.told("lost")
        await stage.told("settled")
    assert stage.names().count("apply") == 1


async def test_silence_of_the_node_proves_nothing(stage: Stage) -> None:
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("container running")
        stage.node.cut()
        await stage.told("unreachable")
        before = len(stage.node.calls)
        await stage.quiet(5)
        assert len(stage.node.calls) == before
        stage.node.mend()
        await until(lambda: stage.loop.reachable)
        await stage.quiet(5)
    assert "lost" not in stage.ledger.told
    assert stage.names() == ["prepare", "apply"]


async def test_a_server_may_start_before_its_node(stage: Stage) -> None:
    stage.node.cut()
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("unreachable")
        stage.node.mend()
        await stage.told("container running")


async def test_a_fenced_start_is_told(stage: Stage) -> None:
    await stage.node.prepare(InstanceId(WORKSPACE, 5), FROM)
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("failed fenced")
        await stage.told("settled")
    assert stage.node.contents[WORKSPACE].instance.n == 5


async def test_a_refusal_ends_the_start(stage: Stage) -> None:
    stage.node.refuses = True
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("failed node_refused")
        stage.node.refuses = False
        await stage.told("settled")


async def test_a_failed_start_is_seen_and_cleared(stage: Stage) -> None:
    stage.node.script.fail("apply", Problem(code="start_failed", title="No"))
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("container failed")
        stage.ledger.want(Goal.STOP)
        stage.loop.wake()
        await stage.told("settled")
    assert stage.node.containers == {}


async def test_a_clone_is_cut_short_by_a_stop(stage: Stage) -> None:
    stage.node.script.hold("prepare")
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("content working")
        stage.ledger.want(Goal.STOP)
        stage.loop.wake()
        await stage.told("settled")
    assert stage.node.contents == {}


async def test_an_orphan_is_taken_away_after_its_grace(stage: Stage) -> None:
    await stage.node.prepare(ONE, FROM)
    await stage.node.apply(ONE, SPEC)
    async with stage.running():
        await stage.quiet()
        assert ONE in stage.node.containers
        stage.clock.advance(61)
        stage.loop.wake()
        await until_at(stage, ContainerState.ABSENT)
    assert WORKSPACE in stage.node.contents


async def test_what_could_not_be_told_is_told_again(stage: Stage) -> None:
    stage.ledger.deaf = 1
    stage.ledger.want(Goal.RUN)
    async with stage.running():
        await stage.told("container running")


@pytest.mark.parametrize("calls", [1, 2, 3])
async def test_killed_at_any_step_it_converges(stage: Stage, calls: int) -> None:
    """Each server lives for a few calls; the next one finds its work and goes on."""
    stage.ledger.want(Goal.RUN)
    for _life in range(30):
        before = len(stage.names())
        async with stage.running():
            await until(partial(_has_acted, stage, before + calls))
        if "settled" in stage.ledger.told:
            break
        if "container running" in stage.ledger.told:
            stage.ledger.want(Goal.STOP)
    assert stage.node.containers == {}
    assert stage.node.contents[WORKSPACE].state is ContentState.SEALED


def _has_acted(stage: Stage, calls: int) -> bool:
    at_rest = stage.ledger.wanted.get(WORKSPACE)
    return (
        len(stage.names()) >= calls
        or at_rest is None
        or (at_rest.goal is Goal.RUN and at_rest.container_seen)
    )
