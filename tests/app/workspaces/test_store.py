"""Changes: versions are raised, proxies are told before people, a raise tells nobody."""

import pytest

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.web.events import Hint
from tests.app.workspaces.control import Control
from wire.ids import InstanceId


async def rename(control: Control, workspace: str, name: str) -> None:
    async with control.store.change() as change:
        row = await change.workspace(workspace)
        assert row is not None
        row.name = name
        change.touch(row)
        change.touch(row)


async def test_a_touched_row_gets_one_version_more(control: Control) -> None:
    made = await control.create()
    await rename(control, made.id, "other")
    view = await control.see(made.id)
    assert (view.version, view.name) == (made.version + 1, "other")


async def test_proxies_and_people_are_told_after_the_commit(control: Control) -> None:
    made = await control.create()
    async with control.hints.subscribe() as people:
        await rename(control, made.id, "other")
        told = people.take()
    hint = Hint(topic="workspace", id=made.id, version=made.version + 1, owner="alice")
    assert told == ([hint], False)
    route = control.feed.route(made.id)
    assert route is not None
    assert route.version == made.version + 1


async def test_proxies_are_told_before_people(control: Control) -> None:
    made = await control.create()
    seen: list[int] = []

    class Listening:
        def publish(self, hint: Hint) -> None:
            route = control.feed.route(hint.id)
            assert route is not None
            seen.append(route.version)

    control.store._hints = Listening()  # type: ignore[assignment] # the order is what is tested
    await rename(control, made.id, "other")
    assert seen == [made.version + 1]


async def test_a_raise_changes_and_tells_nothing(control: Control) -> None:
    made = await control.create()
    seq = control.feed.seq

    async def fail() -> None:
        async with control.store.change() as change:
            row = await change.workspace(made.id)
            assert row is not None
            row.name = "other"
            change.touch(row)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await control.see(made.id) == made
    assert control.feed.seq == seq


async def test_listeners_hear_of_changes_but_not_of_looks(control: Control) -> None:
    made = await control.create()
    heard: list[str] = []
    control.store.listen(lambda: heard.append("changed"))
    async with control.store.change() as change:
        assert await change.workspace(made.id) is not None
    assert heard == []
    await rename(control, made.id, "other")
    assert heard == ["changed"]


async def test_only_the_newest_instance_is_found(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        found = await change.exactly(InstanceId(made.id, 1))
        assert found is not None
        assert isinstance(found[0], WorkspaceRow)
        assert await change.exactly(InstanceId(made.id, 2)) is None
        assert await change.exactly(InstanceId("amber-otter-0000000000", 1)) is None


async def test_who_waits_is_woken_by_its_workspace_only(control: Control) -> None:
    one, two = await control.create(), await control.create()
    async with control.store.waiting(one.id) as first, control.store.waiting(two.id) as second:
        await rename(control, one.id, "other")
        assert first.is_set()
        assert not second.is_set()
    assert control.store._waiting == {}


async def test_a_feed_that_begins_gets_every_route(control: Control) -> None:
    one, two = await control.create(), await control.create()
    assert {route.workspace for route in await control.store.routes()} == {one.id, two.id}


async def deadline(control: Control, workspace: str) -> float:
    async with control.database.read() as session:
        found = await session.get(InstanceRow, str(InstanceId(workspace, 1)))
    assert found is not None
    assert found.deadline is not None
    return found.deadline


async def test_of_several_servers_one_moves_deadlines_when_clocks_jump(control: Control) -> None:
    made = await control.create()
    before = await deadline(control, made.id)
    control.store.leads = lambda: False
    control.clock.jump(100.0)
    await rename(control, made.id, "other")
    assert await deadline(control, made.id) == before
    control.clock.jump(100.0)
    control.store.anew()
    control.store.leads = lambda: True
    await rename(control, made.id, "another")
    assert await deadline(control, made.id) == before, "its predecessor has moved them"
    control.clock.jump(100.0)
    await rename(control, made.id, "one more")
    assert await deadline(control, made.id) == before + 100.0
