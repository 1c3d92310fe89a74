"""An installation whose node keeps no snapshots says so."""

from pathlib import Path

import pytest

from app.faults import Conflict
from app.snapshots.assembly import assemble
from app.snapshots.structs import CreateSnapshot
from tests.app.workspaces.control import HOSTS, open_control


async def test_without_a_node_none_can_be_made(tmp_path: Path) -> None:
    async with open_control(tmp_path) as control, control.reconciling():
        service = assemble(control.store, HOSTS, control.service, None)
        workspace = (await control.create()).id
        await control.run(workspace)
        with pytest.raises(Conflict) as refused:
            await service.snapshots.create(control.alice, workspace, CreateSnapshot())
        assert refused.value.code == "nothing_to_keep"
        assert not await service.loop.once()
        assert set(service.parts) == {"snapshots", "snapshot_loop"}
