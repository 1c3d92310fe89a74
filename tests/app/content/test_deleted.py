"""A deleted workspace is backed up, goes, and can be brought back for some days."""

import pytest

from app.content.deciding import Reason
from app.content.policy import Policy
from app.faults import Conflict, Missing
from tests.app.content.conftest import WEEK, Safe, safe_of
from tests.waiting import until
from wire.phases import Phase

FILE = b"workspace/demo/a.txt"


async def test_it_is_backed_up_before_it_goes_and_comes_back_as_it_was(safe: Safe) -> None:
    await safe.gone()
    alice, bob = safe.control.alice, safe.control.bob
    (deleted,) = await safe.content.deleted.list(alice)
    assert (deleted.id, deleted.points) == (safe.workspace, 1)
    assert deleted.until == deleted.deleted + WEEK
    assert await safe.content.deleted.list(bob) == []
    with pytest.raises(Missing):
        await safe.content.deleted.bring_back(bob, safe.workspace)
    assert [one.reason for one in await safe.points()] == [Reason.DELETE]
    safe.files.clear()
    view = await safe.content.deleted.bring_back(alice, safe.workspace)
    assert view.phase is Phase.STOPPED
    assert await safe.content.deleted.list(alice) == []
    await safe.look()
    assert safe.files == {FILE: b"one"}
    await safe.control.service.start(alice, safe.workspace)
    view = await safe.control.run(safe.workspace)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_what_was_restored_last_comes_back(safe: Safe) -> None:
    alice, script = safe.control.alice, safe.control.node.script
    safe.control.clock.advance(300)
    await safe.look()
    (old,) = await safe.points()
    safe.files[FILE] = b"two"
    safe.control.clock.advance(60)
    await safe.stopped()
    script.hold("restore")
    await safe.content.points.restore(alice, safe.workspace, old.id)
    await safe.look()
    assert len(await safe.points()) == 2
    safe.control.clock.advance(60)
    script.release("restore")
    await safe.look()
    assert safe.files == {FILE: b"one"}
    await safe.gone()
    safe.files.clear()
    await safe.content.deleted.bring_back(alice, safe.workspace)
    await safe.look()
    assert safe.files == {FILE: b"one"}


async def test_what_is_being_deleted_cannot_be_brought_back(safe: Safe) -> None:
    alice, script = safe.control.alice, safe.control.node.script
    script.hold("backup")
    await safe.control.service.delete(alice, safe.workspace)
    await safe.control.at(safe.workspace, Phase.STOPPED)
    await safe.look()
    with pytest.raises(Conflict) as refused:
        await safe.content.deleted.bring_back(alice, safe.workspace)
    assert refused.value.code == "not_deleted"
    assert safe.workspace in safe.control.node.contents


async def test_after_its_days_nothing_is_left(safe: Safe) -> None:
    await safe.gone()
    safe.control.clock.advance(WEEK)
    assert await safe.content.deleted.list(safe.control.alice) == []
    with pytest.raises(Missing):
        await safe.points()
    await safe.look()
    assert safe.workspace not in safe.node.points
    assert await safe.content.repositories.open(safe.workspace) is None


async def test_where_nothing_is_kept_it_goes_at_once(safe: Safe) -> None:
    none = safe_of(safe.control, Policy(keep_deleted=0))
    none.workspace = safe.workspace
    await safe.control.service.delete(safe.control.alice, safe.workspace)

    async def freed() -> bool:
        return safe.workspace not in safe.control.node.contents

    await until(freed)
    assert await none.content.deleted.list(safe.control.alice) == []
