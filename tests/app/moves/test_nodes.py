"""Grants of time, and who is told what before one."""

from math import inf

from app.db.nodes import NodeRow
from app.db.workspaces import LOCAL
from app.moves.node import Node
from app.moves.nodes import Nodes
from app.runtime.lease import Held
from tests.app.moves.conftest import World
from tests.waiting import until


async def test_the_local_node_is_never_waited_for(world: World) -> None:
    assert world.every.gone_in(LOCAL) is None
    await world.grants()
    assert world.nodes[LOCAL].lease.until is None


async def test_a_node_that_answers_is_granted_time_again_and_again(world: World) -> None:
    assert world.nodes["b"].lease.until == 600.0
    world.later(60)
    await world.grants()
    assert world.nodes["b"].lease.until == 600.0, "the clock that was told last is what counts"
    await world.grants()
    assert world.nodes["b"].lease.until == 660.0


async def test_a_node_is_gone_when_its_time_is_surely_over(world: World) -> None:
    world.nodes["b"].runtime.cut()
    world.later(600)
    assert (world.every.gone_in("b") or 0) > 0
    world.later(20)
    assert world.every.gone_in("b") == 0


async def test_one_that_comes_back_is_told_before_it_gets_time(world: World) -> None:
    world.nodes["b"].runtime.cut()
    world.later(620)
    world.nodes["b"].runtime.mend()
    told: list[tuple[float | None, float | None]] = []

    async def tell(node: Node) -> None:
        told.append((world.nodes[node.name].lease.until, world.every.gone_in(node.name)))

    world.every.before_grant = tell
    await world.grants()
    assert told == [(600.0, 600.0)], "nothing is granted yet, and nothing taken from it any more"
    assert world.nodes["b"].lease.until == 1220.0


async def test_one_that_the_settings_do_not_name_is_waited_for_from_the_beginning(
    world: World,
) -> None:
    async with world.parts["database"].write() as session:
        session.add_all(
            [NodeRow(name="c", address="", granted=600.0), NodeRow(name="d", address="")]
        )
    await world.every.load()
    assert (world.every.gone_in("c") or 0) > 600
    world.later(620)
    assert world.every.gone_in("c") == 0
    assert world.every.gone_in("d") == inf, "it may run without a lease"
    assert world.every.gone_in("nobody-knows") == inf


async def again(world: World) -> Nodes:
    """Return the nodes as a server sees them that begins now."""
    made = Nodes(world.parts["database"], world.clock, 600.0)
    for one in world.every.every.values():
        made.add(one.name, one.runtime, one.content, one.lease, one.reconciler)
    await made.load()
    return made


async def test_a_server_that_begins_knows_who_is_leased_and_for_how_long(world: World) -> None:
    world.nodes["b"].runtime.cut()
    begun = await again(world)
    world.later(620)
    assert begun.gone_in("b") == 0

    async with world.parts["database"].write() as session:
        (await session.get_one(NodeRow, "b")).granted = 3600.0
    begun = await again(world)
    world.later(620)
    assert (begun.gone_in("b") or 0) > 3000, "an earlier server granted an hour"


async def test_a_server_that_begins_while_a_node_without_lease_is_away_waits_for_ever(
    world: World,
) -> None:
    async with world.parts["database"].write() as session:
        (await session.get_one(NodeRow, "b")).granted = None
    world.nodes["b"].runtime.cut()
    begun = await again(world)
    world.later(1_000_000)
    assert begun.gone_in("b") == inf


async def test_a_node_that_goes_back_to_an_older_daemon_is_noted_as_that(world: World) -> None:
    """It was granted time by this server before: what runs there now runs without."""
    world.nodes["b"].lease.refuses = True
    await world.every.attempt(world.every.every["b"])
    world.nodes["b"].runtime.cut()
    world.later(620)
    assert world.every.gone_in("b") == inf
    begun = await again(world)
    world.later(620)
    assert begun.gone_in("b") == inf


async def test_a_longer_grant_than_ours_is_waited_for(world: World) -> None:
    world.nodes["b"].lease.until = 3600.0
    await world.grants()
    world.nodes["b"].runtime.cut()
    world.later(620)
    assert (world.every.gone_in("b") or 0) > 2900
    world.later(3100)
    assert world.every.gone_in("b") == 0


async def test_nothing_begins_on_a_node_whose_time_may_be_over(world: World) -> None:
    world.later(620)
    assert not world.every.admits("b")
    await world.grants()
    assert world.every.admits("b")


async def test_a_node_that_is_not_seen_may_have_a_tree_of_any_workspace(world: World) -> None:
    workspace = await world.started(LOCAL)
    assert world.every.holding(workspace) == [LOCAL]
    world.nodes["b"].runtime.cut()
    await until(lambda: not world.every.answers("b"))
    assert world.every.holding(workspace) == [LOCAL, "b"]
    assert world.every.holding("some-other") == ["b"]


async def test_nothing_begins_on_a_node_before_its_first_grant(world: World) -> None:
    node = world.every.every["b"]
    granted, node.held = node.held, Held(600.0, world.clock.monotonic())
    assert not world.every.admits("b")
    node.held = granted
    assert world.every.admits("b")


async def test_one_that_takes_no_grants_is_never_taken_for_gone(world: World) -> None:
    """Nothing stops it by itself: an older daemon knows no leases."""
    node = world.every.every["b"]
    node.held = Held(600.0, world.clock.monotonic())
    world.nodes["b"].lease.refuses = True
    await world.every.attempt(node)
    world.nodes["b"].runtime.cut()
    world.later(10_000)
    assert (world.every.gone_in("b") or 0) > 0
    world.nodes["b"].lease.refuses = False
    world.nodes["b"].runtime.mend()
    await world.every.attempt(node)
    world.nodes["b"].runtime.cut()
    world.later(620)
    assert world.every.gone_in("b") == 0


async def test_draining_outlives_the_server(world: World) -> None:
    await world.every.drain("b", draining=True)
    world.every.every["b"].draining = False
    await world.every.load()
    assert world.every.every["b"].draining
    assert not world.every.admits("b")
    assert world.every.admits(LOCAL)
    assert world.every.place() == LOCAL


async def test_the_last_node_knows_what_the_others_were_granted(world: World) -> None:
    local = world.every.every[LOCAL]
    alone = Nodes(world.parts["database"], world.clock, 600.0)
    alone.add(LOCAL, local.runtime, local.content, local.lease, local.reconciler)
    assert not alone.several
    await alone.load()
    assert alone.gone_in("b") not in {None, inf}
    world.later(620)
    assert alone.gone_in("b") == 0
    assert alone.gone_in("never-named") == inf
