"""Which workspaces start, and which go."""

from app.db.workspaces import WorkspaceRow
from app.workspaces.standing import leaving, live, wished
from tests.app.workspaces.control import Control
from wire.phases import Phase


async def test_a_deleted_workspace_goes_only_when_it_is_backed_up(control: Control) -> None:
    async with control.reconciling():
        workspace = (await control.create()).id
        await control.run(workspace)
        await control.service.stop(control.alice, workspace)
        await control.at(workspace, Phase.STOPPED)
    async with control.database.write() as session:
        row = await session.get_one(WorkspaceRow, workspace)
        row.wish = "deleted"
        await session.flush()
        assert await leaving(session, keeps=True) == []
        assert await leaving(session, keeps=False) == [row]
        row.backed_up_stop = row.n
        await session.flush()
        assert await leaving(session, keeps=True) == [row]
        row.backed_up_stop, row.deleted_at = -1, 1.0
        await session.flush()
        assert await leaving(session, keeps=True) == []
        row.given_up = True
        await session.flush()
        assert await leaving(session, keeps=True) == [row]
        row.given_up, row.deleted_at, row.content = False, None, "none"
        await session.flush()
        assert await leaving(session, keeps=True) == [row]


async def test_what_is_being_restored_does_not_start(control: Control) -> None:
    async with control.reconciling():
        workspace = (await control.create()).id
        await control.contained(workspace)
        await control.service.stop(control.alice, workspace)
        await control.at(workspace, Phase.STOPPED)
    async with control.database.write() as session:
        row = await session.get_one(WorkspaceRow, workspace)
        row.wish = "running"
        await session.flush()
        assert (await session.scalars(wished())).all() == [row]
        row.restoring = "r"
        await session.flush()
        assert (await session.scalars(wished())).all() == []
        assert (await session.execute(live())).all() == []
