"""Calls about restore points: every field crosses the wire."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from app.nodes.client import NodeRefused, NodeUnreachable
from app.nodes.points import PointsClient, backup_of, entry_of
from app.runtime.points import BackupState, EntryKind, ExportFormat
from tests.app.nodes.daemon import ONE, Daemon, serving
from wire.proto import node_pb2 as pb

KEY = b"k" * 32


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[Daemon, PointsClient]]:
    async with serving(tmp_path) as (daemon, client):
        yield daemon, PointsClient(client)


@pytest.mark.parametrize("state", list(BackupState))
def test_every_state_has_its_word(state: BackupState) -> None:
    value = pb.BackupState.Value(f"BACKUP_{state.name}")
    assert backup_of(pb.Backup(state=value)).state == state.value
    assert len(pb.BackupState.keys()) == len(BackupState)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_and_format_has_its_word(kind: EntryKind) -> None:
    value = pb.EntryKind.Value(f"ENTRY_{kind.name}")
    assert entry_of(pb.Entry(kind=value)).kind == kind.value
    assert {f"EXPORT_{one.name}" for one in ExportFormat} == set(pb.ExportFormat.keys())


async def test_what_is_asked_arrives(pair: tuple[Daemon, PointsClient]) -> None:
    daemon, client = pair
    backup = await client.backup(ONE, "p1", KEY, ["*.log"], always=True)
    assert (backup.point, backup.state, backup.took) == ("p1", "done", 0.5)
    assert backup.made is not None
    assert (backup.made.point, backup.made.files, backup.made.size) == ("old", 2, 5)
    (point,) = await client.listed("w", KEY)
    assert (point.point, point.time, point.files, point.size) == ("old", 7.0, 2, 5)
    (entry,) = await client.browse("w", KEY, "p1", b"a\xff")
    assert (entry.name, entry.kind, entry.target) == (b"\xff", "link", b"a")
    assert [one async for one in client.export("w", KEY, "p1", b"a", "zip")] == [b"one", b"two"]
    restored = await client.restore(ONE, "r1", "w", KEY, "p1")
    assert (restored.state, restored.restored) == ("sealed", "r1")
    assert await client.forget("w", KEY, ["p1"]) == 7
    assert await client.drop("w", 3) == 9
    repository = pb.Repository(workspace="w", key=KEY)
    assert daemon.requests == [
        pb.BackupRequest(instance=ONE, point="p1", key=KEY, excludes=["*.log"], always=True),
        pb.PointsRequest(repository=repository),
        pb.BrowseRequest(repository=repository, point="p1", path=b"a\xff"),
        pb.ExportRequest(repository=repository, point="p1", path=b"a", format=pb.EXPORT_ZIP),
        pb.RestoreRequest(instance=ONE, restore="r1", repository=repository, point="p1"),
        pb.ForgetRequest(repository=repository, points=["p1"]),
        pb.DropRequest(workspace="w", n=3),
    ]


async def test_failures_are_plain(pair: tuple[Daemon, PointsClient]) -> None:
    daemon, client = pair
    daemon.failure = (grpc.StatusCode.NOT_FOUND, "no such path")
    with pytest.raises(NodeRefused) as refused:
        await anext(client.export("w", KEY, "p1", b"a", "file"))
    assert refused.value.code == "not_found"
    daemon.failure = (grpc.StatusCode.UNAVAILABLE, "away")
    with pytest.raises(NodeUnreachable):
        await client.backup(ONE, "p1", KEY, [], always=False)
