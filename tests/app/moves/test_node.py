"""What is known of one node, and what it says when it is asked now."""

from tests.app.moves.conftest import World
from tests.waiting import until


async def test_a_choice_is_made_from_what_it_says(world: World) -> None:
    await world.started("b")
    there = world.every.every["b"].candidate
    assert (there.name, there.answers, there.draining, there.running) == ("b", True, False, 1)
    world.nodes["b"].runtime.cut()
    await until(lambda: not world.every.answers("b"))
    gone = world.every.every["b"].candidate
    assert (gone.answers, gone.running, gone.free) == (False, 0, there.free)


async def test_it_is_reached_when_it_says_anything_at_all(world: World) -> None:
    node = world.every.every["b"]
    assert await node.reached()
    world.nodes["b"].runtime.cut()
    await until(lambda: node.reconciler.observed() is None)
    assert not await node.reached()


async def test_one_that_refuses_leases_is_there(world: World) -> None:
    """Its reconciler has not seen yet that it is back: who asks gets an answer."""
    node, there = world.every.every["b"], world.nodes["b"]
    there.runtime.cut()
    await until(lambda: node.reconciler.observed() is None)
    there.lease.refuses = True
    there.runtime.mend()
    assert node.reconciler.observed() is None
    assert await node.reached()
