"""The daemon behind the port: words become values, failures ours."""

from pathlib import Path

import grpc
import pytest

from app.nodes.snapshots import SnapshotsClient
from app.runtime.nodesnapshots import NodeSnapshots
from app.runtime.port import Fenced, Unreachable
from app.runtime.snapshots import FrozenState
from tests.app.nodes.daemon import serving
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 1)


async def test_words_become_values(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_daemon, client):
        snapshots = NodeSnapshots(SnapshotsClient(client))
        status = await snapshots.freeze(ONE, "s1")
        assert (status.snapshot, status.state, status.size) == ("s1", FrozenState.FAILED, 5)
        assert status.problem is not None
        assert status.problem.code == "freeze_failed"
        assert [one.snapshot for one in await snapshots.sight()] == ["old"]
        assert await snapshots.let_go("s1") == 11


async def test_failures_are_the_ports(tmp_path: Path) -> None:
    async with serving(tmp_path) as (daemon, client):
        snapshots = NodeSnapshots(SnapshotsClient(client))
        daemon.failure = (grpc.StatusCode.FAILED_PRECONDITION, "older")
        with pytest.raises(Fenced):
            await snapshots.freeze(ONE, "s1")
        daemon.failure = (grpc.StatusCode.UNAVAILABLE, "away")
        with pytest.raises(Unreachable):
            await snapshots.sight()
