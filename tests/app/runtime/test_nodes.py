"""Ports over several nodes: each workspace's own is asked, who is away is passed over."""

from contextlib import aclosing

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.nodes import AllLooks, AllPoints, AllSnapshots
from app.runtime.points import ExportFormat, Repository
from app.runtime.port import ContentState, ContentStatus, Unreachable
from wire.ids import InstanceId

HERE, THERE = InstanceId("amber-otter-4k2hw9xz1q", 1), InstanceId("amber-otter-9k2hw9xz1q", 1)
KEY = b"k" * 32


class Two:
    def __init__(self) -> None:
        self.runtimes = {"local": FakeRuntime(), "b": FakeRuntime()}
        self.points = {name: FakePoints(one) for name, one in self.runtimes.items()}
        self.all = AllPoints(self.points, self.where)
        for name, instance in (("local", HERE), ("b", THERE)):
            self.runtimes[name].put(ContentStatus(instance=instance, state=ContentState.SEALED))

    async def where(self, workspace: str) -> str:
        return {HERE.workspace: "local", THERE.workspace: "b"}.get(workspace, "c")


async def test_the_node_of_the_workspace_is_asked() -> None:
    two = Two()
    await two.all.backup(THERE, "p1", KEY)
    there = Repository(THERE.workspace, KEY)
    assert [one.point for one in await two.all.listed(there)] == ["p1"]
    assert two.points["local"].points == {}
    assert [one.name for one in await two.all.browse(there, "p1", b"")] == []
    assert await two.all.forget(there, ["p1"]) >= 0
    assert await two.all.drop(THERE.workspace, 1) >= 0


async def test_a_node_that_is_away_hides_nothing_of_the_others() -> None:
    two = Two()
    await two.all.backup(HERE, "p1", KEY)
    two.runtimes["b"].cut()
    assert [one.point for one in (await two.all.sight()).backups] == ["p1"]
    with pytest.raises(Unreachable):
        await two.all.backup(THERE, "p2", KEY)


async def test_a_node_that_nobody_knows_does_not_answer() -> None:
    with pytest.raises(Unreachable, match="PODIUM_NODES"):
        await Two().all.drop("amber-otter-0k2hw9xz1q", 1)


async def test_who_is_known_not_to_answer_is_not_waited_for() -> None:
    two = Two()
    points = AllPoints(two.points, two.where, lambda node: node != "b")
    with pytest.raises(Unreachable, match="does not answer"):
        await points.backup(THERE, "p1", KEY)
    assert (await points.sight()).backups == []
    assert two.runtimes["b"].calls == []


async def test_a_point_of_a_node_that_is_away_is_read_by_one_with_the_same_store() -> None:
    two = Two()
    two.points["b"].files[THERE.workspace] = {b"workspace/a": b"one"}
    two.points["local"].share(two.points["b"])
    await two.all.backup(THERE, "p1", KEY)
    two.runtimes["b"].cut()
    noticed = AllPoints(two.points, two.where, lambda node: node != "b")
    there = Repository(THERE.workspace, KEY)
    for points in (two.all, noticed):
        assert [one.name for one in await points.browse(there, "p1", b"workspace")] == [b"a"]
        sent = points.export(there, "p1", b"workspace/a", ExportFormat.FILE)
        assert [piece async for piece in sent] == [b"one"]
        with pytest.raises(Unreachable):  # nothing is written from elsewhere
            await points.backup(THERE, "p2", KEY)


async def test_who_has_another_store_reads_nothing_of_it() -> None:
    two = Two()
    await two.all.backup(THERE, "p1", KEY)
    two.runtimes["b"].cut()
    with pytest.raises(Unreachable):
        await two.all.browse(Repository(THERE.workspace, KEY), "p1", b"")
    with pytest.raises(Unreachable):
        await anext(two.all.export(Repository(THERE.workspace, KEY), "p1", b"", ExportFormat.TAR))


async def test_whoever_moves_is_followed() -> None:
    two = Two()
    async with aclosing(two.all.watch()) as moves:
        await anext(moves)
        await two.all.backup(THERE, "p1", KEY)
        await anext(moves)


class Frozen:
    """Both nodes keep snapshots: `s1` belongs here, all others there."""

    def __init__(self) -> None:
        self.two = Two()
        self.each = {name: FakeSnapshots(one) for name, one in self.two.runtimes.items()}
        self.all = AllSnapshots(self.each, self.keeper)

    async def keeper(self, snapshot: str) -> str:
        return {"s1": "local", "s2": "b"}.get(snapshot, "c")


async def test_a_snapshot_is_of_the_node_that_its_row_names() -> None:
    frozen = Frozen()
    assert (await frozen.all.freeze(HERE, "s1")).node == "local"
    assert (await frozen.all.freeze(THERE, "s2")).node == "b"
    seen = await frozen.all.sight()
    assert [(one.node, one.snapshot) for one in seen] == [("local", "s1"), ("b", "s2")]
    assert list(frozen.each["b"].frozen) == ["s2"]
    assert await frozen.all.let_go("s2") > 0
    assert not frozen.each["b"].frozen
    with pytest.raises(Unreachable, match="PODIUM_NODES"):
        await frozen.all.let_go("s3")


async def test_snapshots_of_a_node_that_is_away_hide_no_others() -> None:
    frozen = Frozen()
    await frozen.all.freeze(HERE, "s1")
    frozen.two.runtimes["b"].cut()
    assert [one.snapshot for one in await frozen.all.sight()] == ["s1"]
    assert [one.snapshot for one in await frozen.all.sight("local")] == ["s1"]
    with pytest.raises(Unreachable):  # what it has is not known, and so not missing
        await frozen.all.sight("b")
    with pytest.raises(Unreachable):
        await frozen.all.freeze(THERE, "s2")


async def test_trees_are_looked_into_where_they_are() -> None:
    two = Two()
    looks = AllLooks(two.runtimes, two.where)
    two.runtimes["local"].cut()
    assert await looks.look(THERE, "", []) == []
    with pytest.raises(Unreachable):
        await looks.look(HERE, "", [])
    with pytest.raises(Unreachable, match="PODIUM_NODES"):
        await looks.look(InstanceId("amber-otter-0k2hw9xz1q", 1), "", ["Dockerfile"])
