"""How snapshots get made, fail, are tried again and go."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict
from app.snapshots.assembly import assemble
from app.snapshots.freezing import CHECKED, MISSING
from app.snapshots.structs import OpenSnapshot, State
from tests.app.snapshots.conftest import Kept
from tests.app.workspaces.control import HOSTS
from tests.waiting import until
from wire.problems import Problem

FULL = Problem(code="disk_full", title="The disk is full")


async def test_what_fails_is_told_and_tried_again(kept: Kept) -> None:
    kept.control.node.script.fail("freeze", FULL)
    made = await kept.made()
    assert (made.state, made.problem) == (State.FAILED, FULL)
    await kept.look()
    assert (await kept.listed())[0].state is State.FAILED  # its pause is not over
    kept.control.clock.advance(20)
    await kept.look()
    (done,) = await kept.listed()
    assert (done.state, done.problem) == (State.DONE, None)
    texts = [
        one.text for one in await kept.control.service.events(kept.control.alice, kept.workspace)
    ]
    assert f"The snapshot {done.name} is made." in texts


async def test_a_node_that_refuses_is_asked_again(kept: Kept) -> None:
    kept.control.node.contents.pop(kept.workspace)
    made = await kept.made()
    assert made.state is State.FAILED
    assert made.problem is not None
    assert made.problem.code == "snapshot_refused"


async def test_a_deletion_ends_what_was_not_made(kept: Kept) -> None:
    kept.control.node.script.fail("freeze", FULL)
    made = await kept.made()
    await kept.control.service.delete(kept.control.alice, kept.workspace)

    async def freed() -> bool:
        return kept.workspace not in kept.control.node.contents

    await until(freed)
    kept.control.clock.advance(20)
    await kept.look()
    told = await kept.service.snapshots.get(kept.control.alice, made.id)
    assert told.problem is not None
    assert told.problem.code == "snapshot_source_gone"


async def test_a_node_that_is_away_costs_nothing(kept: Kept) -> None:
    kept.control.node.cut()
    made = await kept.made()
    assert made.state is State.WANTED
    kept.control.node.mend()
    await kept.look()
    assert (await kept.listed())[0].state is State.DONE


async def test_nobody_is_about_to_begin_as_one_that_goes(kept: Kept) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made = await kept.made()
    await snapshots.delete(alice, made.id)
    assert made.id in kept.node.frozen
    await kept.look()
    assert made.id not in kept.node.frozen
    assert await kept.listed() == []


@pytest.mark.parametrize("archived", [False, True])
async def test_what_began_as_it_and_is_archived_keeps_it_no_longer(
    kept: Kept,
    archived: bool,  # noqa: FBT001 - a case
) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made, other = await kept.made(), await kept.control.create()
    await kept.control.run(other.id)  # nothing more is told of its files
    async with kept.control.database.write() as session:
        row = await session.get_one(WorkspaceRow, other.id)
        row.snapshot, row.content = made.id, "none"
        row.archived_at = 1.0 if archived else None
    await snapshots.delete(alice, made.id)
    await kept.look()
    assert (made.id in kept.node.frozen) is not archived


async def test_what_went_with_a_disk_says_so_and_is_opened_when_it_is_there_again(
    kept: Kept,
) -> None:
    """As after a platform was restored: rows know of frozen trees that may be there or not."""
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made = await kept.made()
    lost = kept.node.frozen.pop(made.id)
    began = assemble(kept.control.store, HOSTS, kept.control.service, kept.node)
    await began.loop.once()
    (told,) = await kept.listed()
    assert (told.state, told.problem) == (State.DONE, MISSING)
    with pytest.raises(Conflict) as refused:
        await snapshots.open(alice, made.id, OpenSnapshot())
    assert refused.value.code == "snapshot_missing"

    kept.node.frozen[made.id] = lost
    await began.loop.once()
    assert (await kept.listed())[0].problem == MISSING  # it is not looked at each time
    kept.control.clock.advance(CHECKED)
    await began.loop.once()
    assert (await kept.listed())[0].problem is None
    view = await snapshots.open(alice, made.id, OpenSnapshot())
    await kept.control.run(view.id)


async def test_of_what_was_looked_at_just_now_or_cannot_be_no_row_is_read(kept: Kept) -> None:
    await kept.made()
    read: list[str] = []

    def note(state: ORMExecuteState) -> None:
        asked = state.statement.get_final_froms() if state.is_select else []
        if SnapshotRow.__table__ in asked and "problem" in state.statement.selected_columns:
            read.append(str(state.statement))

    event.listen(Session, "do_orm_execute", note)
    try:
        await kept.service.loop.once()
        kept.control.clock.advance(CHECKED)
        kept.control.node.cut()
        await kept.service.loop.once()
    finally:
        event.remove(Session, "do_orm_execute", note)
    assert read == []


async def test_a_node_that_is_away_is_no_lost_disk(kept: Kept) -> None:
    await kept.made()
    kept.control.node.cut()
    began = assemble(kept.control.store, HOSTS, kept.control.service, kept.node)
    await began.loop.once()
    assert (await kept.listed())[0].problem is None
