"""The content service is put together with a node, or without one that makes points."""

import pytest

from app.content.assembly import assemble
from app.content.policy import Policy
from app.faults import Conflict
from tests.app.content.conftest import Safe


async def test_without_such_a_node_nothing_is_made_and_nothing_breaks(safe: Safe) -> None:
    control = safe.control
    without = assemble(control.store, control.service, safe.keys, None, Policy())
    assert not await without.loop.once()
    assert (await without.points.list(control.alice, safe.workspace)).points == []
    assert without.points.every == 0
    with pytest.raises(Conflict):
        await without.points.make(control.alice, safe.workspace)
