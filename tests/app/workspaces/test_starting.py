"""The wish that a workspace runs, in each state it may be in."""

import pytest

from app.faults import Conflict
from app.workspaces.starting import start
from tests.app.workspaces.control import Control
from wire.phases import Phase


async def wish(control: Control, workspace: str) -> tuple[int, str]:
    """Start it; return the number of the start that counts, and what is wished after it."""
    async with control.store.change() as change:
        row = await change.workspace(workspace)
        assert row is not None
        found = await start(change, row, await change.newest(row), control.store.secrets, "alice")
        return found.n, row.wish


async def test_what_runs_is_left_what_stops_starts_later_and_what_has_stopped_at_once(
    control: Control,
) -> None:
    made = await control.create()
    assert await wish(control, made.id) == (1, "running")
    stopping = await control.service.stop(control.alice, made.id)
    assert await wish(control, made.id) == (1, "running")
    assert (await control.see(made.id)).version == stopping.version + 1
    await control.service.stop(control.alice, made.id)
    async with control.reconciling():
        await control.at(made.id, Phase.STOPPED)
    assert await wish(control, made.id) == (2, "running")


async def test_what_is_being_deleted_does_not_start(control: Control) -> None:
    made = await control.create()
    await control.service.delete(control.alice, made.id)
    with pytest.raises(Conflict) as refused:
        await wish(control, made.id)
    assert refused.value.code == "deleting"
