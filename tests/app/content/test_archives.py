"""What is archived is in its restore point alone, and comes back when somebody starts it."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.content.deciding import Reason
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Missing
from app.snapshots.beginning import context_of
from app.workspaces.archiving import NOTHING_SAFE, freed, keep
from app.workspaces.structs import WorkspaceView
from app.workspaces.timeouts import Policy
from app.workspaces.upkeep import Upkeep
from tests.app.content.conftest import Safe, safe_of
from tests.app.workspaces.control import open_control
from tests.waiting import until
from wire.ids import InstanceId
from wire.phases import Phase
from wire.problems import Problem

FILE = b"workspace/demo/a.txt"
FULL = Problem(code="disk_full_backup", title="There is no space for the backup")
MISSING = Problem(code="content_missing", title="The files are not there")
BROKEN = Problem(code="repository_damaged", title="The restore points are damaged")


async def wished(safe: Safe) -> WorkspaceView:
    """Stop it, and wish for its archive."""
    safe.control.store.policy = Policy(keep_deleted=1.0, archives=True)
    await safe.backed_up()
    safe.control.clock.advance(60)
    upkeep = Upkeep(safe.control.store, safe.control.service)
    return await upkeep.archive(safe.control.alice, safe.workspace)


async def archived(safe: Safe) -> WorkspaceView:
    """Wait until no node holds it; what a node held is gone for good."""

    async def there() -> WorkspaceView | None:
        await safe.content.loop.once()
        view = await safe.control.see(safe.workspace)
        return view if view.archived else None

    found = await until(there)
    assert isinstance(found, WorkspaceView)
    safe.files.clear()
    return found


async def runs(safe: Safe) -> WorkspaceView:
    await safe.control.service.start(safe.control.alice, safe.workspace)

    async def restored() -> bool:
        await safe.content.loop.once()
        return not (row := await row_of(safe)).restoring and row.archived_at is None

    await until(restored)
    assert safe.files == {FILE: b"one"}
    return await safe.control.run(safe.workspace)


async def row_of(safe: Safe) -> WorkspaceRow:
    async with safe.control.database.read() as session:
        return await session.get_one(WorkspaceRow, safe.workspace)


async def test_it_is_looked_at_again_freed_and_comes_back_by_itself(safe: Safe) -> None:
    view = await wished(safe)
    assert (view.archived, view.phase) == (False, Phase.STOPPED)
    view = await archived(safe)
    assert safe.workspace not in safe.control.node.contents
    assert [one.reason for one in await safe.points()] == [Reason.ARCHIVE, Reason.STOP]
    assert view.backup is not None
    assert (view.backup.safe, view.backup.restoring) == (True, False)
    assert (await safe.history())[0] == "Archived; 4096 bytes are free on the node."
    assert safe.workspace in [one.id for one in await safe.control.service.list(safe.control.alice)]
    view = await runs(safe)
    assert (view.archived, view.archived_at) == (False, None)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_again_and_again_also_when_it_was_not_started_between(safe: Safe) -> None:
    """A restore without a tree takes the next start's number, and so does what frees it again."""
    await wished(safe)
    for _ in range(2):
        await archived(safe)
        point = (await safe.points())[0]
        await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
        await safe.look()
        assert safe.files == {FILE: b"one"}
        assert (await row_of(safe)).archived_at is None
        upkeep = Upkeep(safe.control.store, safe.control.service)
        await upkeep.archive(safe.control.alice, safe.workspace)
    await archived(safe)
    view = await runs(safe)
    assert view.instance is not None
    assert view.instance.n == (await row_of(safe)).held == 4


async def test_who_brings_one_back_and_deletes_it_at_once_frees_it(safe: Safe) -> None:
    await safe.gone()
    await safe.content.deleted.bring_back(safe.control.alice, safe.workspace)
    await safe.look()
    assert safe.workspace in safe.control.node.contents
    await safe.gone()
    assert safe.workspace not in safe.control.node.contents


async def test_a_start_before_it_is_freed_keeps_it(safe: Safe) -> None:
    safe.control.node.script.hold("backup")
    safe.control.store.policy = Policy(keep_deleted=1.0, archives=True)
    await safe.stopped()
    upkeep = Upkeep(safe.control.store, safe.control.service)
    await upkeep.archive(safe.control.alice, safe.workspace)
    await safe.look()
    view = await safe.control.service.start(safe.control.alice, safe.workspace)
    assert view.archived_at is None
    view = await safe.control.run(safe.workspace)
    assert safe.files == {FILE: b"one"}
    assert "It is used again, so it is not archived." in await safe.history()


async def test_a_start_while_it_is_freed_waits_for_that_and_has_it_restored(safe: Safe) -> None:
    await wished(safe)
    safe.control.node.cut()  # nothing is freed while the node is silent
    async with safe.control.database.write() as session:
        row = await session.get_one(WorkspaceRow, safe.workspace)
        row.backed_up_stop = row.n
    view = await safe.control.service.start(safe.control.alice, safe.workspace)
    assert view.backup is not None
    assert (view.phase, view.backup.starts) == (Phase.STOPPED, True)
    safe.control.node.mend()

    async def gone() -> bool:
        return (await row_of(safe)).restoring != ""

    await until(gone)
    safe.files.clear()
    view = await runs(safe)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_what_cannot_be_backed_up_is_not_archived(safe: Safe) -> None:
    await wished(safe)
    safe.control.node.script.fail("backup", FULL)
    await safe.look()
    view = await safe.control.see(safe.workspace)
    assert view.archived_at is None
    assert safe.workspace in safe.control.node.contents
    told = f"Not archived: it cannot be backed up: {FULL.title}."
    assert told in await safe.history()
    upkeep = Upkeep(safe.control.store, safe.control.service)
    with pytest.raises(Conflict) as refused:
        await upkeep.archive(safe.control.alice, safe.workspace)
    assert refused.value.code == "backup_fails"


async def test_files_that_are_missing_for_a_while_are_not_archived(safe: Safe) -> None:
    """A disk that is away comes back, and nothing of what it holds may count as freed."""
    await wished(safe)
    safe.control.node.script.fail("backup", MISSING)
    await safe.look()
    row = await row_of(safe)
    assert (row.archived_at, row.content, row.backed_up_stop) == (None, "present", NOTHING_SAFE)
    assert safe.workspace in safe.control.node.contents


async def test_while_it_is_archived_nothing_else_is_done_to_its_files(safe: Safe) -> None:
    safe.control.store.policy = Policy(keep_deleted=1.0, archives=True)
    point = await safe.backed_up()
    safe.control.node.script.hold("backup")
    upkeep = Upkeep(safe.control.store, safe.control.service)
    await upkeep.archive(safe.control.alice, safe.workspace)
    with pytest.raises(Conflict) as refused:
        await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    assert refused.value.code == "archiving"
    with pytest.raises(Conflict) as refused:
        await safe.content.points.make(safe.control.alice, safe.workspace)
    assert refused.value.code == "nothing_to_back_up"


async def test_a_restore_that_fails_leaves_it_archived(safe: Safe) -> None:
    await wished(safe)
    await archived(safe)
    safe.control.node.script.fail("restore", BROKEN)
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.look()
    view = await safe.control.see(safe.workspace)
    assert (view.archived, view.phase) == (True, Phase.STOPPED)
    assert view.backup is not None
    assert not view.backup.starts
    await runs(safe)


async def test_it_is_deleted_and_brought_back_as_any_other(safe: Safe) -> None:
    await wished(safe)
    await archived(safe)
    await safe.gone()
    await safe.content.deleted.bring_back(safe.control.alice, safe.workspace)
    await safe.look()
    assert safe.files == {FILE: b"one"}
    assert (await safe.control.see(safe.workspace)).archived_at is None
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.control.run(safe.workspace)


async def test_only_what_is_stopped_whole_and_ones_own_is_archived(safe: Safe) -> None:
    upkeep = Upkeep(safe.control.store, safe.control.service)

    async def refused() -> str:
        with pytest.raises(Conflict) as told:
            await upkeep.archive(safe.control.alice, safe.workspace)
        return told.value.code

    assert await refused() == "archive_off"
    safe.control.store.policy = Policy(archives=True)
    assert await refused() == "archive_running"
    with pytest.raises(Missing):
        await upkeep.archive(safe.control.bob, safe.workspace)
    await safe.backed_up()
    async with safe.control.database.write() as session:
        row = await session.get_one(WorkspaceRow, safe.workspace)
        session.add(
            SnapshotRow(
                id="s", workspace_id=row.id, owner_id=row.owner_id, name="s", access="owner",
                organisation_id=row.organisation_id, state="wanted", created_at=0.0,
                expires_at=None, context=context_of(row),
            )
        )  # fmt: skip
    assert await refused() == "snapshot_pending"
    async with safe.control.database.write() as session:
        await session.execute(update(SnapshotRow).values(state="done"))
    before = await upkeep.archive(safe.control.alice, safe.workspace)
    again = await upkeep.archive(safe.control.alice, safe.workspace)
    assert again.archived_at == before.archived_at


async def test_a_late_word_of_a_freed_tree_changes_nothing(safe: Safe) -> None:
    await wished(safe)
    await archived(safe)
    await runs(safe)
    await safe.control.truth.discarded(InstanceId(safe.workspace, 1), 1)
    await safe.control.truth.discarded(InstanceId(safe.workspace, 2), 1)
    row = await row_of(safe)
    assert (row.content, row.archived_at) == ("present", None)
    async with safe.control.store.change() as change:
        found = await change.workspace(safe.workspace)
        assert found is not None
        await freed(change, found, 1)
        assert found.content == "present"
        keep(change, found, "why")
        assert found.archived_at is None


@pytest.mark.parametrize("step", ["wished", "backed up", "freed", "restoring", "restored"])
async def test_a_server_that_is_killed_at_any_step_goes_on(tmp_path: Path, step: str) -> None:
    """All that another process finds is the rows and the node."""
    async with open_control(tmp_path) as control:
        async with control.reconciling():
            safe = safe_of(control)
            safe.workspace = (await control.create()).id
            await control.run(safe.workspace)
            safe.files[FILE] = b"one"
            await wished(safe)
            if step == "freed":
                await archived(safe)
        if step == "backed up":  # and nobody is there who would free it
            await safe.look()
            assert (await row_of(safe)).backed_up_stop == 1
        if step in {"restoring", "restored"}:
            async with control.reconciling():
                await archived(safe)
            control.node.script.hold("restore")
            await control.service.start(control.alice, safe.workspace)
            await safe.look()
            if step == "restored":
                control.node.script.release("restore")
                await safe.look()
        again = safe_of(control, node=safe.node)
        again.workspace = safe.workspace
        async with control.reconciling():
            if step in {"restoring", "restored"}:
                control.node.script.release("restore")
            else:
                await archived(again)
            view = await runs(again)
        assert view.instance is not None
        assert view.instance.n == 2
        assert again.files == {FILE: b"one"}
        async with control.database.read() as session:
            rows = (await session.scalars(select(WorkspaceRow))).all()
        assert [one.archived_at for one in rows] == [None]
