"""The fake's frozen trees, as the port promises them."""

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.port import ContentState, ContentStatus, Fenced, Refused
from app.runtime.snapshots import FrozenState
from wire.ids import InstanceId
from wire.problems import Problem

ONE = InstanceId("amber-otter-0000000000", 1)
FULL = Problem(code="disk_full", title="The disk is full")


async def test_one_is_made_once_and_tried_again_when_it_failed() -> None:
    node = FakeRuntime()
    snapshots = FakeSnapshots(node)
    with pytest.raises(Refused):
        await snapshots.freeze(ONE, "s")
    node.put(ContentStatus(instance=ONE, state=ContentState.READY))
    node.script.fail("freeze", FULL)
    assert (await snapshots.freeze(ONE, "s")).state is FrozenState.WORKING
    (failed,) = await snapshots.sight()
    assert (failed.state, failed.problem) == (FrozenState.FAILED, FULL)
    await snapshots.freeze(ONE, "s")
    done = await snapshots.freeze(ONE, "s")
    assert (done.state, done.files) == (FrozenState.DONE, 3)
    await snapshots.freeze(InstanceId(ONE.workspace, 2), "t")
    with pytest.raises(Fenced):
        await snapshots.freeze(ONE, "t")
    assert await snapshots.let_go("s") > 0
    assert [one.snapshot for one in await snapshots.sight()] == ["t"]
