"""What a node has and nobody knows becomes a workspace again."""

import pytest

from app.accounts import service as accounts
from app.accounts.access import Kind as Party
from app.accounts.access import Listener, Principal
from app.accounts.keys import derive
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Malformed, Missing
from app.runtime.holdings import Kind
from app.runtime.snapshots import FrozenState, FrozenStatus
from app.workspaces.archiving import NOTHING_SAFE
from tests.app.orphans.conftest import OTHER, Found
from wire.ids import InstanceId

URL = "https://h.org/ada/other"


async def owner(found: Found) -> Principal:
    """Return who gets what is adopted."""
    async with found.safe.control.database.write() as session:
        user = await accounts.ensure_owner(session, 0.0)
    return Principal(Party.USER, Listener.PUBLIC, user=user)


async def row_of(found: Found, name: str) -> WorkspaceRow:
    async with found.safe.control.database.read() as session:
        return await session.get_one(WorkspaceRow, name)


async def test_a_tree_becomes_the_owners_workspace(found: Found) -> None:
    found.put(OTHER, 7)
    said = await found.adopting.adopt(OTHER, URL)
    assert (said.workspace, said.points) == (OTHER, 0)
    row = await row_of(found, OTHER)
    assert (row.n, row.wish, row.content, row.trusted) == (7, "stopped", "present", False)
    assert (row.repository, row.checked_out) == ("h.org/ada/other", True)
    assert await found.fates() == {}
    with pytest.raises(Conflict):
        await found.adopting.adopt(OTHER, URL)


async def test_points_are_found_again(found: Found) -> None:
    found.put(OTHER, 2)
    found.safe.node.files[OTHER] = {b"workspace/a": b"1"}
    await found.safe.node.backup(InstanceId(OTHER, 2), "p", derive(b"k" * 32, f"content/{OTHER}"))
    await found.safe.control.node.discard(OTHER, 2)
    assert set(await found.fates()) == {(Kind.POINTS, OTHER)}
    said = await found.adopting.adopt(OTHER, URL)
    assert said.points == 1
    listed = await found.safe.content.points.list(await owner(found), OTHER)
    assert [one.id for one in listed.points] == ["p"]


async def test_one_that_was_deleted_in_this_database_lives_again(found: Found) -> None:
    workspace, clock = found.safe.workspace, found.safe.control.clock
    await found.dropped(clock.now())
    async with found.safe.control.database.write() as session:
        row = await session.get_one(WorkspaceRow, workspace)
        row.archived_at, row.restoring, row.backed_up_stop = 1.0, "rs-gone", row.n
    said = await found.adopting.adopt(workspace, URL)
    assert said.points == 0
    row = await row_of(found, workspace)
    assert (row.archived_at, row.restoring, row.backed_up_stop) == (None, "", NOTHING_SAFE)
    assert (row.deleted_at, row.content) == (None, "present")
    assert (await found.safe.control.see(workspace)).name


async def test_what_cannot_be_adopted(found: Found) -> None:
    found.snapshots.frozen["s"] = FrozenStatus(snapshot="s", state=FrozenState.DONE)
    for name in ("s", OTHER):
        with pytest.raises(Missing):
            await found.adopting.adopt(name, URL)
    found.put(OTHER)
    with pytest.raises(Malformed):
        await found.adopting.adopt(OTHER, "nonsense")
    with pytest.raises(Conflict):
        await found.adopting.adopt(found.safe.workspace, URL)
    assert (Kind.TREE, OTHER) in await found.fates()
