"""The word that a node is lost for good: what it lets happen, and how it is over."""

import asyncio
from math import inf

import pytest

from app.content.deciding import Reason, State
from app.db.nodes import LOST, NodeRow
from app.db.workspaces import LOCAL
from app.faults import Conflict, Missing
from app.moves.node import Node
from app.runtime.fakelease import FakeLease
from app.runtime.lease import NodeClock
from app.runtime.nodes import Answer
from tests.app.moves.conftest import FILE, World
from tests.app.moves.test_nodes import again
from tests.app.moves.test_service import lost
from tests.waiting import until


async def unknown(world: World) -> str:
    """A workspace on a node that is away, and of which nobody knows a grant."""
    workspace = await lost(world)
    node = world.every.every["b"]
    await world.every._note(node, None)
    await until(lambda: not world.every.answers("b"))
    world.later(1_000_000)
    assert world.every.gone_in("b") == inf
    return workspace


async def granted(world: World, name: str = "b") -> float | None:
    async with world.parts["database"].read() as session:
        return (await session.get_one(NodeRow, name)).granted


async def test_what_waited_for_ever_starts_elsewhere_on_the_word(world: World) -> None:
    workspace = await unknown(world)
    with pytest.raises(Conflict) as refused:
        await world.moves.start(world.me, workspace)
    assert refused.value.code == "node_may_run"
    assert "`podium node lost b`" in (refused.value.cure or "")
    there = (await world.moves.lose("b")).nodes[1]
    assert (there.name, there.lost, there.answers) == ("b", True, False)
    assert world.every.gone_in("b") == 0
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    assert (await world.row(workspace)).node == LOCAL
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    told = [one.kind for one in await world.parts["workspaces"].events(world.me, workspace)]
    assert "node_lost" in told


async def test_the_word_outlives_the_server(world: World) -> None:
    await unknown(world)
    await world.moves.lose("b")
    assert (await again(world)).gone_in("b") == 0


async def test_a_lease_that_is_not_over_is_waited_for_no_longer(world: World) -> None:
    workspace = await lost(world)
    await until(lambda: not world.every.answers("b"))
    assert (world.every.gone_in("b") or 0) > 0
    await world.moves.lose("b")
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    world.nodes["b"].runtime.mend()
    await world.grants()
    calls = world.nodes["b"].runtime.calls
    sealed = calls.index(("seal", f"{workspace}.4"))
    assert "hold" in [name for name, about in calls[sealed:] if about], "it was told first"


async def test_one_that_answers_is_not_lost(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        await world.moves.lose("b")
    assert refused.value.code == "node_answers"
    assert await granted(world) == 600.0
    assert not (await world.moves.list()).nodes[1].lost


async def test_who_is_no_further_node_cannot_be_lost(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        await world.moves.lose(LOCAL)
    assert refused.value.code == "node_own"
    with pytest.raises(Missing) as missing:
        await world.moves.lose("c")
    assert missing.value.code == "node_unknown"


async def test_one_that_the_settings_name_no_more_can_be_lost(world: World) -> None:
    async with world.parts["database"].write() as session:
        session.add(NodeRow(name="c", address=""))
    await world.every.load()
    assert world.every.gone_in("c") == inf
    await world.moves.lose("c")
    assert world.every.gone_in("c") == 0
    assert (await again(world)).gone_in("c") == 0


async def test_one_that_comes_back_is_told_before_it_is_granted_anything(world: World) -> None:
    workspace = await unknown(world)
    await world.moves.lose("b")
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    world.files(LOCAL, workspace)[FILE] = b"two"
    tell, until_then = world.every.before_grant, world.nodes["b"].lease.until
    assert tell is not None
    told: list[tuple[float | None, float | None, float | None]] = []

    async def seen(node: Node) -> None:
        lease = world.nodes[node.name].lease.until
        told.append((lease, await granted(world), world.every.gone_in(node.name)))
        await tell(node)

    world.every.before_grant = seen
    world.nodes["b"].runtime.mend()
    await world.grants()
    assert told == [(until_then, None, inf)], "the word is over, and nothing is granted yet"
    assert (await granted(world) or 0) >= 600.0
    assert not (await world.moves.list()).nodes[1].lost
    calls = world.nodes["b"].runtime.calls
    sealed = calls.index(("seal", f"{workspace}.4"))
    assert "hold" in [name for name, about in calls[sealed:] if about]

    async def freed() -> bool:
        return workspace not in world.nodes["b"].runtime.contents

    await world.comes(freed)
    points = (await world.parts["points"].list(world.me, workspace)).points
    left = [one for one in points if one.reason is Reason.LEFT]
    assert [(one.state, one.pinned, one.node) for one in left] == [(State.DONE, True, "b")]
    store = world.nodes[LOCAL].points.points[workspace]
    assert store[left[0].id][FILE] == b"written after the point"
    assert world.files(LOCAL, workspace)[FILE] == b"two", "nothing was overwritten"


async def test_a_server_that_begins_tells_it_before_it_is_granted_anything(world: World) -> None:
    await unknown(world)
    await world.moves.lose("b")
    begun = await again(world)
    told: list[str] = []

    async def seen(node: Node) -> None:
        told.append(node.name)

    begun.before_grant = seen
    world.nodes["b"].runtime.mend()
    await begun.grant(begun.every["b"])
    assert told == ["b"]
    assert (await granted(world) or 0) >= 600.0


class Slow(FakeLease):
    """Its answers are on their way until they may arrive."""

    def __init__(self, like: FakeLease) -> None:
        super().__init__(like._node, like._clock)
        self.asked, self.arrives = asyncio.Event(), asyncio.Event()

    async def hold(self, until: NodeClock | None) -> Answer:
        answer = await super().hold(until)
        self.asked.set()
        await self.arrives.wait()
        return answer


async def test_an_answer_that_is_on_its_way_does_not_end_the_word(world: World) -> None:
    """Else the node would be granted time again without having been told what has moved."""
    node = world.every.every["b"]
    node.lease = slow = Slow(world.nodes["b"].lease)
    async with asyncio.TaskGroup() as group:
        group.create_task(world.every.grant(node), name="grant")
        await slow.asked.wait()
        world.nodes["b"].runtime.cut()
        await until(lambda: not world.every.answers("b"))
        losing = group.create_task(world.moves.lose("b"), name="lose")
        await until(node.turn.locked)
        slow.arrives.set()
    assert losing.result().nodes[1].lost
    assert await granted(world) == LOST
    assert world.every.gone_in("b") == 0
    assert node.held is not None
    assert node.held.clock is None
