"""What is kept no longer leaves the node first, then the rows."""

from app.content.clearing import REST
from app.content.deciding import State
from app.content.policy import Policy
from app.db.content import RestorePointRow
from app.runtime.port import Refused
from kit.tasks import Tasks
from tests.app.content.conftest import WEEK, Safe, safe_of
from tests.waiting import until


async def leave(safe: Safe, point: str) -> None:
    async with safe.control.database.write() as session:
        row = await session.get_one(RestorePointRow, point)
        row.state = State.LEAVING.value


async def test_a_workspace_at_work_lets_several_go_at_once_and_one_at_rest_each(safe: Safe) -> None:
    two = safe_of(safe.control, Policy(together=2))
    two.workspace = safe.workspace

    async def made(content: bytes) -> str:
        two.files[b"workspace/demo/a.txt"] = content
        two.control.clock.advance(300)
        await two.look()
        point = (await two.points())[0].id
        await leave(two, point)
        await two.look()
        return point

    first = await made(b"1")
    assert first in two.node.points[two.workspace]
    await made(b"2")
    assert not two.node.points[two.workspace]
    third = await made(b"3")
    assert third in two.node.points[two.workspace]
    await two.stopped()
    await two.look()
    await leave(two, third)
    two.control.clock.advance(REST + 1)
    await two.look()
    assert third not in two.node.points[two.workspace]


async def test_a_node_that_is_silent_is_asked_again(safe: Safe) -> None:
    point = await safe.backed_up()
    await leave(safe, point.id)
    safe.control.node.cut()
    await safe.look()
    assert await safe.points() == []
    assert point.id in safe.node.points[safe.workspace]
    safe.control.node.mend()
    await safe.look()
    assert point.id not in safe.node.points[safe.workspace]


async def test_a_point_that_is_being_restored_waits(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.control.node.script.hold("restore")
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    await leave(safe, point.id)
    await safe.look()
    assert point.id in safe.node.points[safe.workspace]
    safe.control.node.script.release("restore")
    await safe.look()
    assert point.id not in safe.node.points[safe.workspace]


async def test_what_a_node_refuses_waits_a_minute(safe: Safe) -> None:
    await safe.gone()
    safe.control.clock.advance(WEEK)
    asked: list[str] = []

    async def refuse(workspace: str, _n: int) -> int:
        asked.append(workspace)
        raise Refused("aborted: busy")

    drop, safe.node.drop = safe.node.drop, refuse  # type: ignore[method-assign] # a node that is busy
    await safe.look(3)
    assert asked == [safe.workspace]
    safe.node.drop = drop  # type: ignore[method-assign] # and then is not
    safe.control.clock.advance(60)
    await safe.look()
    assert safe.workspace not in safe.node.points


async def test_nothing_is_taken_out_while_a_left_tree_is_saved_into_it(safe: Safe) -> None:
    point = await safe.backed_up()
    await leave(safe, point.id)
    async with safe.control.store.change() as change:
        left = RestorePointRow(
            id="left-1", workspace_id=safe.workspace, reason="left", state="working",
            asked_at=change.now, node="b",
        )  # fmt: skip
        change.session.add(left)
    turn = safe.content.repositories.turn(safe.workspace)
    await safe.look()
    assert point.id in safe.node.points[safe.workspace]
    async with safe.control.store.change() as change:
        left = await change.session.get_one(RestorePointRow, "left-1")
        left.state = State.WANTED.value
    await turn.acquire()  # what is left is asked for at this moment
    tasks = Tasks()
    looking = tasks.spawn(safe.look(), "look")
    try:
        await until(lambda: turn._waiters)
        async with safe.control.store.change() as change:
            (await change.session.get_one(RestorePointRow, "left-1")).state = State.WORKING.value
        turn.release()
        await looking
        assert point.id in safe.node.points[safe.workspace], "it is looked at again, in its turn"
    finally:
        await tasks.close()
    async with safe.control.store.change() as change:
        (await change.session.get_one(RestorePointRow, "left-1")).state = State.DONE.value
    await safe.look()
    assert point.id not in safe.node.points[safe.workspace]
