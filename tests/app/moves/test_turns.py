"""What nodes do to one repository has an order, and who refuses is not asked at every look."""

from collections.abc import Sequence

from app.content.deciding import State
from app.content.repositories import Repositories
from app.db.content import RestorePointRow
from app.db.workspaces import LOCAL
from app.moves.draining import PAUSE
from app.moves.left import PAUSE as AGAIN
from app.moves.left import expect
from app.runtime.points import Made, Repository
from app.runtime.port import Refused, Unreachable
from tests.app.moves.conftest import World
from tests.app.moves.test_draining import told
from tests.app.moves.test_lost_on_the_way import away


async def leaving(world: World, workspace: str) -> str:
    """Let the newest point of a workspace be taken out, as far as rows go."""
    point = (await world.parts["points"].list(world.me, workspace)).points[0].id
    async with world.parts["store"].change() as change:
        (await change.session.get_one(RestorePointRow, point)).state = State.LEAVING.value
    world.clock.advance(2 * 3600)  # it is not at work
    await world.grants()
    return str(point)


def turn_of(world: World, workspace: str) -> bool:
    repositories = world.parts["repositories"]
    assert isinstance(repositories, Repositories)
    return repositories.turn(workspace).locked()


async def test_a_node_that_never_comes_back_to_save_holds_up_nothing(world: World) -> None:
    workspace = await world.started()
    await world.stopped(workspace)
    point = await leaving(world, workspace)
    async with world.parts["store"].change() as change:
        expect(change, workspace, "b").state = State.WORKING.value
    await world.parts["content_loop"].once()
    assert point in world.nodes[LOCAL].points.points[workspace], "b may write at this moment"
    await away(world)
    await world.parts["content_loop"].once()
    assert point not in world.nodes[LOCAL].points.points[workspace]


async def test_the_turn_is_kept_until_the_node_has_answered_or_is_gone(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    point = await leaving(world, workspace)
    node = world.nodes["b"].points

    async def slow(_repository: Repository, _points: Sequence[str]) -> int:
        raise Unreachable("the call took too long")

    forget, node.forget = node.forget, slow  # type: ignore[method-assign] # a node at work
    for _turn in range(2):
        await world.parts["content_loop"].once()
        assert turn_of(world, workspace)
    node.forget = forget  # type: ignore[method-assign] # and then it answers
    await world.parts["content_loop"].once()
    assert not turn_of(world, workspace)
    assert point not in node.points[workspace]

    other = await world.started("b")
    await world.stopped(other)
    await leaving(world, other)
    node.forget = slow  # type: ignore[method-assign] # as above
    await world.parts["content_loop"].once()
    assert turn_of(world, other)
    await away(world)
    await world.parts["content_loop"].once()
    assert not turn_of(world, other), "a lost node is not waited for"


async def test_nothing_moves_when_something_is_taken_out_meanwhile(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    here, turn = world.nodes[LOCAL].points, world.parts["repositories"].turn(workspace)
    listed = here.listed

    async def taken(repository: Repository) -> list[Made]:
        await turn.acquire()  # it is begun while the other node lists
        return await listed(repository)

    here.listed = taken  # type: ignore[method-assign] # somebody else comes between
    await world.moves.drain("b", draining=True)
    await world.parts["moves_loop"].once()
    assert (await world.row(workspace)).node == "b"
    assert "taken out" in (await world.moves.list()).nodes[1].stuck[workspace]
    here.listed = listed  # type: ignore[method-assign] # and never again
    turn.release()
    await told(world, "b", workspace)
    assert (await world.row(workspace)).node == LOCAL


async def test_a_node_that_does_not_find_a_point_is_asked_again_after_a_pause(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    here, asked = world.nodes[LOCAL].points, list[str]()
    listed = here.listed

    async def counted(repository: Repository) -> list[Made]:
        asked.append(repository.workspace)
        return []

    here.listed = counted  # type: ignore[method-assign] # a node with a store of its own
    await world.moves.drain("b", draining=True)
    assert "same store" in await told(world, "b", workspace)
    assert asked == [workspace]
    here.listed = listed  # type: ignore[method-assign] # until somebody mends that
    world.clock.advance(PAUSE)
    await told(world, "b", workspace)
    assert (await world.row(workspace)).node == LOCAL


async def test_a_node_that_refuses_to_free_is_asked_again_after_a_pause(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    runtime, asked = world.nodes["b"].runtime, list[str]()
    discard = runtime.discard

    async def refuse(name: str, _n: int) -> int:
        asked.append(name)
        raise Refused("the disk is busy")

    runtime.discard = refuse  # type: ignore[method-assign] # a node that cannot
    await world.moves.drain("b", draining=True)

    async def tried() -> bool:
        return bool(asked)

    await world.comes(tried)
    for _turn in range(3):
        await world.parts["moves_loop"].once()
    assert asked == [workspace]
    runtime.discard = discard  # type: ignore[method-assign] # and then can
    world.clock.advance(AGAIN)

    async def freed() -> bool:
        return workspace not in runtime.contents

    await world.comes(freed)
