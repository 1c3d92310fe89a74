"""The daemon behind the port: words become values, failures ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from app.nodes.points import PointsClient
from app.runtime.nodepoints import NodePoints
from app.runtime.points import Absent, BackupState, EntryKind, ExportFormat, Repository
from app.runtime.port import Fenced, Refused, Unreachable
from tests.app.nodes.daemon import Daemon, serving
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 1)
OF_ONE = Repository(ONE.workspace, b"k" * 32)


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[Daemon, NodePoints]]:
    async with serving(tmp_path) as (daemon, client):
        yield daemon, NodePoints(PointsClient(client))


async def test_words_become_values(pair: tuple[Daemon, NodePoints]) -> None:
    _, points = pair
    status = await points.backup(ONE, "p1", OF_ONE.key)
    assert status.state is BackupState.DONE
    assert status.made is not None
    assert (status.made.point, status.made.time, status.made.size) == ("old", 7.0, 5)
    (listed,) = await points.listed(OF_ONE)
    assert (listed.point, listed.size) == ("old", 5)
    (entry,) = await points.browse(OF_ONE, "p1", b"")
    assert entry.kind is EntryKind.LINK
    pieces = [one async for one in points.export(OF_ONE, "p1", b"a", ExportFormat.TAR)]
    assert pieces == [b"one", b"two"]
    assert (await points.restore(ONE, "r1", OF_ONE, "p1")).restored == "r1"
    assert await points.forget(OF_ONE, ["p1"]) == 7
    assert await points.drop(ONE.workspace, 1) == 9


async def test_what_moves_is_told_until_the_link_is_cut(pair: tuple[Daemon, NodePoints]) -> None:
    daemon, points = pair
    daemon.backs_up = True
    assert [moved async for moved in points.watch()] == [None, None]  # all, and the backup
    daemon.failure = (grpc.StatusCode.UNAVAILABLE, "gone")
    with pytest.raises(Unreachable):
        [moved async for moved in points.watch()]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.UNAVAILABLE, Unreachable),
        (grpc.StatusCode.FAILED_PRECONDITION, Fenced),
        (grpc.StatusCode.INTERNAL, Refused),
        (grpc.StatusCode.NOT_FOUND, Absent),
    ],
)
async def test_failures_are_the_ports(
    pair: tuple[Daemon, NodePoints], code: grpc.StatusCode, error: type[Exception]
) -> None:
    daemon, points = pair
    daemon.failure = (code, "why")
    with pytest.raises(error):
        await points.browse(OF_ONE, "p1", b"x")
    with pytest.raises(error):
        await anext(points.export(OF_ONE, "p1", b"x", ExportFormat.FILE))
