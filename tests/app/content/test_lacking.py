"""Points that have lost some of what they held say so, once."""

from app.content.deciding import State
from tests.app.content.conftest import Safe


async def test_a_point_that_lacks_something_says_so_and_stays(safe: Safe) -> None:
    first = await safe.backed_up()
    safe.node.lacking = {first.id, "another-workspaces"}
    for text in (b"changed", b"again"):
        safe.files[b"workspace/demo/a"] = text
        await safe.content.points.make(safe.control.alice, safe.workspace)
        await safe.look()
    points = await safe.points()
    assert [one.state for one in points] == [State.DONE] * 3
    problems = {one.id: one.problem for one in points}
    marked = problems.pop(first.id)
    assert marked is not None
    assert marked.code == "point_lacking"
    assert set(problems.values()) == {None}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.problem is None
    assert sum("lost some of the content" in one for one in await safe.history()) == 1
