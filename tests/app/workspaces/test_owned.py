"""Whose a workspace's row is, asked without saying more than needed."""

import pytest

from app.accounts.access import Action
from app.faults import Missing
from app.workspaces.owned import own, owned
from tests.app.workspaces.control import Control


async def test_only_the_owner_is_given_the_row(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        row = await change.workspace(made.id)
    assert row is not None
    assert owned(control.alice, Action.SEE_WORKSPACE, row) is row
    refusals = []
    for principal, found in ((control.bob, row), (control.alice, None)):
        with pytest.raises(Missing) as refused:
            owned(principal, Action.SEE_WORKSPACE, found)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]


async def test_what_is_to_be_changed_is_found_with_its_newest_start(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        row, instance = await own(change, control.alice, Action.CHANGE_WORKSPACE, made.id)
        assert (row.id, instance is not None) == (made.id, True)
        for who, wanted in ((control.bob, made.id), (control.alice, "../etc")):
            with pytest.raises(Missing):
                await own(change, who, Action.CHANGE_WORKSPACE, wanted)
