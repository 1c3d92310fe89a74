from pathlib import Path

from app.parts import Ports, make_parts
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from kit.clock import FakeClock
from tests.app.moves.conftest import World
from tests.app.server import settings_in


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
    await parts["database"].close()
