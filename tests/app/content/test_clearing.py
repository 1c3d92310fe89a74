"""What is kept no longer leaves the node first, then the rows."""

from app.content.deciding import State
from app.db.content import RestorePointRow
from app.runtime.port import Refused
from tests.app.content.conftest import WEEK, Safe


async def leave(safe: Safe, point: str) -> None:
    async with safe.control.database.write() as session:
        row = await session.get_one(RestorePointRow, point)
        row.state = State.LEAVING.value


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
