"""A restore in place, and as a new workspace; nothing starts before it is done."""

import pytest
from sqlalchemy import select

from app.accounts.trust import trust
from app.content.deciding import Reason
from app.content.structs import NewFromPoint
from app.db.content import RestorePointRow, RestoreRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict
from app.runtime.port import Container, ContainerState
from tests.app.content.conftest import Safe
from wire.ids import InstanceId
from wire.phases import Phase
from wire.problems import Problem

FULL = Problem(code="disk_full_backup", title="There is no space for the backup")
BROKEN = Problem(code="repository_damaged", title="The restore points are damaged")
FILE = b"workspace/demo/a.txt"


async def test_in_place_it_is_backed_up_first_and_then_what_it_was(safe: Safe) -> None:
    point = await safe.backed_up()
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.control.run(safe.workspace)
    with pytest.raises(Conflict) as refused:
        await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    assert refused.value.code == "restore_running"
    safe.files[FILE] = b"two"
    safe.control.clock.advance(60)
    await safe.stopped()
    view = await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    assert view.backup is not None
    assert view.backup.restoring
    await safe.look()
    assert safe.files == {FILE: b"one"}
    points = await safe.points()
    assert [one.reason for one in points] == [Reason.RESTORE, Reason.STOP]
    assert safe.node.points[safe.workspace][points[0].id] == {FILE: b"two"}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert not view.backup.restoring
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.control.run(safe.workspace)


async def test_a_start_waits_until_it_is_restored(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.control.node.script.hold("restore")
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    await safe.look()
    view = await safe.control.service.start(safe.control.alice, safe.workspace)
    assert view.phase is Phase.STOPPED
    with pytest.raises(Conflict) as refused:
        await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    assert refused.value.code == "restoring"
    safe.control.node.script.release("restore")
    await safe.look()
    view = await safe.control.run(safe.workspace)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_a_restore_that_fails_leaves_all_as_it_was(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.control.node.script.fail("restore", BROKEN)
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    await safe.look()
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert not view.backup.restoring
    assert view.phase is Phase.STOPPED
    assert (await safe.history())[0] == "Not restored: The restore points are damaged."
    assert safe.files == {FILE: b"one"}


async def test_what_cannot_be_backed_up_first_is_not_replaced_and_starts_again(safe: Safe) -> None:
    alice, script = safe.control.alice, safe.control.node.script
    point = await safe.backed_up()
    await safe.control.service.start(alice, safe.workspace)
    await safe.control.run(safe.workspace)
    safe.files[FILE] = b"two"
    await safe.stopped()
    for _ in range(2):
        script.fail("backup", FULL)
    await safe.look(1)
    await safe.content.points.restore(alice, safe.workspace, point.id)
    await safe.look()
    first = "Not restored: What it is now could not be backed up first"
    assert (await safe.history())[0] == f"{first}: {FULL.title}."
    assert safe.files == {FILE: b"two"}
    await safe.control.service.start(alice, safe.workspace)
    await safe.control.run(safe.workspace)


async def test_a_new_workspace_begins_as_the_point_and_starts(safe: Safe) -> None:
    point = await safe.backed_up()
    wanted = NewFromPoint(name="again")
    made = await safe.content.points.as_new(safe.control.alice, safe.workspace, point.id, wanted)
    assert (made.name, made.url) == ("again", "https://h.org/ada/demo")
    await safe.look()
    assert safe.node.files[made.id] == {FILE: b"one"}
    view = await safe.control.run(made.id)
    assert view.instance is not None
    assert view.instance.n == 1
    assert ("prepare", f"{made.id}.1") in safe.control.node.calls
    assert (await safe.control.see(safe.workspace)).phase is Phase.STOPPED


async def test_files_of_a_snapshot_are_no_more_trusted_in_another_workspace(safe: Safe) -> None:
    point = await safe.backed_up()
    async with safe.control.database.write() as session:
        row = await session.get_one(WorkspaceRow, safe.workspace)
        row.snapshot, row.trusted = "of-somebody-else", False
        await trust(session, row.owner_id, row.url, 0.0)
    made = await safe.content.points.as_new(
        safe.control.alice, safe.workspace, point.id, NewFromPoint()
    )
    await safe.look()
    assert not (await safe.control.run(made.id)).trusted


async def test_a_new_workspace_that_cannot_be_restored_does_not_start_empty(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.control.node.script.fail("restore", BROKEN)
    made = await safe.content.points.as_new(
        safe.control.alice, safe.workspace, point.id, NewFromPoint()
    )
    await safe.look()
    view = await safe.control.see(made.id)
    assert (view.instance, view.phase) == (None, Phase.STOPPED)
    safe.control.clock.advance(1)
    await safe.control.service.start(safe.control.alice, made.id)
    await safe.look()
    await safe.control.run(made.id)
    assert safe.node.files[made.id] == {FILE: b"one"}


async def test_a_point_that_the_node_does_not_have_is_told(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.node.points[safe.workspace].clear()
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    await safe.look()
    assert (await safe.history())[0] == "Not restored: There is no such restore point."


async def test_a_node_that_refuses_is_a_failure_with_its_words(safe: Safe) -> None:
    point = await safe.backed_up()
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    alive = InstanceId(safe.workspace, 1)
    safe.control.node.containers[alive] = Container(instance=alive, state=ContainerState.RUNNING)
    await safe.look()
    async with safe.control.database.read() as session:
        restore = await session.scalar(select(RestoreRow))
    assert restore is not None
    assert restore.problem is not None
    assert restore.problem["code"] == "restore_refused"
    assert "a container lives" in (await safe.history())[0]


async def test_nothing_is_restored_over_what_is_still_to_be_saved(safe: Safe) -> None:
    """A node that the workspace had left, and comes back to, may have what is in no point."""
    point = await safe.backed_up()
    async with safe.control.store.change() as change:
        change.session.add(
            RestorePointRow(
                id="left-1", workspace_id=safe.workspace, reason="left", state="wanted",
                asked_at=change.now, node="local",
            )
        )  # fmt: skip
    safe.files[FILE] = b"two"
    await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    await safe.look()
    assert safe.files == {FILE: b"two"}
    assert any("still has something of it" in one for one in await safe.history())
    async with safe.control.store.database.read() as session:
        (problem,) = await session.scalars(select(RestoreRow.problem))
    assert problem is not None
    assert problem["code"] == "left_there"
