"""What the fake node has is what was put there."""

from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.holdings import Kind
from app.runtime.port import ContentState, ContentStatus
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 1)


async def test_everything_is_told_and_bytes_are_counted_on_demand() -> None:
    node = FakeRuntime()
    points = FakePoints(node)
    holdings = FakeHoldings(node, points, FakeSnapshots(node))
    assert await holdings.held() == []
    node.put(ContentStatus(instance=ONE, state=ContentState.READY))
    points.files[ONE.workspace] = {b"workspace/a": b"1"}
    await points.backup(ONE, "p", b"k" * 32)
    holdings.touched[ONE.workspace] = 5.0
    tree, backups = await holdings.held([ONE.workspace])
    assert (tree.kind, tree.highest, tree.touched) == (Kind.TREE, 1, 5.0)
    assert (backups.kind, backups.size > 0) == (Kind.POINTS, True)
    assert [one.size for one in await holdings.held()] == [0, 0]
