from dataclasses import replace
from pathlib import Path

from app.db.nodes import NodeRow
from app.moves.left import expect, still_saves
from app.parts import Ports, make_parts
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from kit.clock import FakeClock
from tests.app.migrated import make_database
from tests.app.moves.conftest import World
from tests.app.people import add_person
from tests.app.server import settings_in
from tests.app.workspaces.control import DEMO


async def test_with_several_nodes_everything_is_looked_at(world: World) -> None:
    assert world.every.several
    assert world.every.before_grant is not None


async def test_with_one_node_nothing_ever_moves(tmp_path: Path) -> None:

    settings, node = settings_in(tmp_path), FakeRuntime()
    Path(settings.layout.server_home).mkdir(parents=True)
    Path(settings.layout.master_key).write_bytes(b"m" * 32)
    ports = Ports(node, node, node, points=FakePoints(node))
    parts = make_parts(settings, ports, FakeClock())
    assert not parts["nodes"].several
    assert parts["nodes"].before_grant is None
    assert parts["nodes"].place() == "local"
    assert await parts["moves_loop"].once() is False
    assert parts["nodes"].alone
    await parts["database"].close()


async def test_the_last_node_of_several_still_looks_after_what_is_left(tmp_path: Path) -> None:
    settings, node = settings_in(tmp_path), FakeRuntime()
    Path(settings.layout.server_home).mkdir(parents=True)
    Path(settings.layout.master_key).write_bytes(b"m" * 32)
    settings = replace(settings, database=make_database(Path(settings.layout.database)))
    parts = make_parts(settings, Ports(node, node, node, points=FakePoints(node)), FakeClock())
    async with parts["database"].write() as session:
        me = await add_person(session, "alice")
        session.add(NodeRow(name="b", address=""))
    await parts["nodes"].load()
    assert not parts["nodes"].alone
    workspace = (await parts["workspaces"].create(me, DEMO)).id
    async with parts["store"].change() as change:
        expect(change, workspace, "b")
    await parts["moves_loop"].once()
    async with parts["database"].read() as session:
        assert not await still_saves(session, workspace, "b"), "it is waited for no longer"
    await parts["database"].close()
