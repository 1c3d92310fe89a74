"""What the node and the repository have of an archived or deleted workspace after all."""

import pytest

from app.db.installation import ONLY, InstallationRow
from app.runtime.points import Made
from app.runtime.port import ContentState, ContentStatus
from app.workspaces.archiving import NOTHING_SAFE
from tests.app.content.conftest import Safe
from tests.app.content.test_archives import FILE, archived, row_of, wished
from tests.waiting import until
from wire.ids import InstanceId


async def test_files_that_the_node_still_has_are_not_replaced(safe: Safe) -> None:
    """A platform out of a backup says that it is archived, and it was opened since."""
    await wished(safe)
    await archived(safe)
    since = ContentStatus(instance=InstanceId(safe.workspace, 2), state=ContentState.SEALED)
    safe.control.node.put(since)
    safe.files[FILE] = b"written since"
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await until(lambda: _looked(safe))
    row = await row_of(safe)
    assert (row.content, row.archived_at, row.wish) == ("present", None, "running")
    assert row.backed_up_stop == NOTHING_SAFE
    assert safe.files == {FILE: b"written since"}
    assert "Its files are still on the node: they stay." in await safe.history()


async def test_files_of_what_was_deleted_in_an_older_database_stay(safe: Safe) -> None:
    """It was brought back after the backup of the platform was made."""
    await safe.gone()
    since = ContentStatus(instance=InstanceId(safe.workspace, 7), state=ContentState.SEALED)
    safe.control.node.put(since)
    safe.files[FILE] = b"written since"
    await safe.content.deleted.bring_back(safe.control.alice, safe.workspace)
    await until(lambda: _looked(safe))
    row = await row_of(safe)
    assert (row.content, row.deleted_at, row.held) == ("present", None, 7)
    assert row.backed_up_stop == NOTHING_SAFE
    assert safe.files == {FILE: b"written since"}


async def made_since(safe: Safe) -> str:
    """Have a point in the repository that a database out of a backup does not know."""
    now = safe.control.clock.now()
    safe.node.points[safe.workspace]["rp-since"] = {FILE: b"of today"}
    safe.node.made["rp-since"] = Made(point="rp-since", time=now + 60)
    async with safe.control.database.write() as session:
        session.add(InstallationRow(id=ONLY, restored_at=now))
    return "rp-since"


@pytest.mark.parametrize("deleted", [False, True])
async def test_what_comes_back_is_the_newest_point_though_nobody_knew_of_it(
    safe: Safe,
    deleted: bool,  # noqa: FBT001 - a case
) -> None:
    if deleted:
        await safe.gone()
    else:
        await wished(safe)
        await archived(safe)
    since = await made_since(safe)
    if deleted:
        await safe.content.deleted.bring_back(safe.control.alice, safe.workspace)
    else:
        await safe.control.service.start(safe.control.alice, safe.workspace)
    await until(lambda: _looked(safe))
    assert safe.files == {FILE: b"of today"}
    assert since in [one.id for one in await safe.points()]
    assert "From a newer restore point that nobody knew of." in await safe.history()


async def test_an_older_point_that_somebody_chose_stays_the_one(safe: Safe) -> None:
    safe.files[FILE] = b"one"
    safe.control.clock.advance(300)
    await safe.look()
    (old,) = await safe.points()
    safe.files[FILE] = b"two"
    await wished(safe)
    await archived(safe)
    await made_since(safe)
    await safe.content.points.restore(safe.control.alice, safe.workspace, old.id)
    await until(lambda: _looked(safe))
    assert safe.files == {FILE: b"one"}


async def test_a_database_that_came_out_of_no_backup_looks_for_nothing(safe: Safe) -> None:
    await wished(safe)
    await archived(safe)
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await until(lambda: _looked(safe))
    assert ("listed", safe.workspace) not in safe.control.node.calls


async def _looked(safe: Safe) -> bool:
    await safe.content.loop.once()
    return not (await row_of(safe)).restoring
