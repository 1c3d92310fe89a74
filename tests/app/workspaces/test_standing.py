"""Which workspaces start, and which go."""

from app.db.workspaces import WorkspaceRow
from app.runtime.port import ContentState, ContentStatus
from app.workspaces.standing import last_written, leaving, live, wished
from tests.app.workspaces.control import Control
from wire.ids import InstanceId
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


async def test_a_node_whose_tree_is_older_than_the_workspace_is_not_gone_on_from(
    control: Control,
) -> None:
    made = await control.create()
    async with control.reconciling():
        for _ in range(2):
            await control.run(made.id)
            await control.service.stop(control.alice, made.id)
            await control.at(made.id, Phase.STOPPED)
            await control.service.start(control.alice, made.id)
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        # the node comes back as it was after the first start
        old = ContentStatus(instance=InstanceId(made.id, 1), state=ContentState.SEALED)
        control.node.contents[made.id] = old
        await control.service.start(control.alice, made.id)
        failed = await control.at(made.id, Phase.STOPPED)
    assert failed.instance is not None
    assert failed.instance.problem is not None
    assert failed.instance.problem.code == "content_stale"
    async with control.database.read() as session:
        assert await last_written(session, [made.id, "nobody"]) == {made.id: 3}
        assert await last_written(session, []) == {}
