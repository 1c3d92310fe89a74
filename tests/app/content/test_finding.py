"""Who finds which workspace, and until when a deleted one."""

import pytest

from app.accounts.access import Action
from app.content.finding import find
from app.faults import Missing
from tests.app.content.conftest import Safe


async def test_a_deleted_workspace_is_found_until_its_time_is_over(safe: Safe) -> None:
    await safe.gone()
    now = safe.control.clock.now()
    async with safe.control.database.read() as session:
        alice = safe.control.alice
        row = await find(session, alice, Action.READ_CONTENT, safe.workspace, now - 1)
        assert row.id == safe.workspace
        for principal, after in ((alice, now), (safe.control.bob, now - 1)):
            with pytest.raises(Missing):
                await find(session, principal, Action.READ_CONTENT, safe.workspace, after)
        with pytest.raises(Missing):
            await find(session, alice, Action.READ_CONTENT, "../x", now)
