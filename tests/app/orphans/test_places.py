"""Several nodes are asked what they have, and the one that has it lets it go."""

import pytest

from app.orphans.places import Place, Places
from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.holdings import Held, Kind
from app.runtime.port import ContentState, ContentStatus, Unreachable
from wire.ids import InstanceId

WORKSPACE = InstanceId("amber-otter-4k2hw9xz1q", 1)
KEY = b"k" * 32


class Two:
    """Both nodes have a tree of the same workspace, and one store of points."""

    def __init__(self) -> None:
        self.nodes = {"local": FakeRuntime(), "b": FakeRuntime()}
        self.points = {name: FakePoints(one) for name, one in self.nodes.items()}
        self.points["b"].share(self.points["local"])
        self.snapshots = {name: FakeSnapshots(one) for name, one in self.nodes.items()}
        for one in self.nodes.values():
            one.put(ContentStatus(instance=WORKSPACE, state=ContentState.SEALED))
            one.newest[WORKSPACE.workspace] = 1
        self.places = Places({name: self._place(name) for name in self.nodes})

    def _place(self, name: str) -> Place:
        points, snapshots = self.points[name], self.snapshots[name]
        holdings = FakeHoldings(self.nodes[name], points, snapshots)
        return Place(holdings, self.nodes[name], points, snapshots)


async def test_points_of_one_store_are_told_once() -> None:
    two = Two()
    await two.points["b"].backup(WORKSPACE, "p1", KEY)
    held, silent = await two.places.held()
    assert silent == []
    assert [(one.node, one.kind) for one in held] == [
        ("local", Kind.TREE), ("local", Kind.POINTS), ("b", Kind.TREE),
    ]  # fmt: skip


async def test_bytes_are_counted_where_they_are_asked_for() -> None:
    two = Two()
    held, _silent = await two.places.held([("b", WORKSPACE.workspace)])
    assert [(one.node, one.size > 0) for one in held] == [("local", False), ("b", True)]


async def test_who_is_silent_is_told_and_hides_no_other() -> None:
    two = Two()
    two.nodes["b"].cut()
    held, silent = await two.places.held()
    assert [one.node for one in held] == ["local"]
    assert silent == ["b"]
    assert await two.places.held(only="local") == (held, [])


@pytest.mark.parametrize("kind", [Kind.TREE, Kind.POINTS, Kind.FROZEN])
async def test_the_node_that_has_it_lets_it_go(kind: Kind) -> None:
    two = Two()
    await two.points["b"].backup(WORKSPACE, "p1", KEY)
    await two.snapshots["b"].freeze(WORKSPACE, WORKSPACE.workspace)
    two.nodes["local"].cut()
    held = Held(kind=kind, name=WORKSPACE.workspace, highest=1, node="b")
    assert await two.places.let_go(held) >= 0
    left, _silent = await two.places.held(only="b")
    assert kind not in {one.kind for one in left}
    with pytest.raises(Unreachable):
        await two.places.let_go(Held(kind=kind, name=WORKSPACE.workspace, node="local"))


async def test_a_node_that_keeps_none_has_nothing_to_let_go() -> None:
    two = Two()
    bare = Places({"b": Place(None, two.nodes["b"], None, None)})
    assert not bare.tells
    assert await bare.held() == ([], [])
    assert await bare.let_go(Held(kind=Kind.POINTS, name="x", node="b")) == 0
    assert await bare.let_go(Held(kind=Kind.FROZEN, name="x", node="b")) == 0
