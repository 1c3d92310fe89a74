"""Repositories are harmed at random: each next point is whole, and what is lost is told."""

import os
import random
from pathlib import Path
from secrets import token_bytes

import grpc
import pytest
from msgspec import structs

from daemon.core.faults import BackupFailed, fault
from daemon.host.disks import Disks
from daemon.host.repositories import Repositories
from daemon.host.restic import Restic
from daemon.host.trees import Trees
from daemon.making import Making
from daemon.reading import Reading
from tests import disks
from tests.daemon.caller import Caller
from tests.daemon.test_backups import backed_up, repository
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]
ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
HARMS = (
    "flip data",
    "cut index",
    "lose data",
    "flip snapshots",
    "lose index",
    "lose config",
    "lock",
)


class Rounds:
    def __init__(self, caller: Caller, url: str, seed: int) -> None:
        caller.patience = 120.0
        self.caller, self.chance = caller, random.Random(seed)  # noqa: S311 -- to be repeated
        self.workspaces = [workspace_id_from(token_bytes(16)) for _ in range(2)]
        for one in self.workspaces:
            assert caller.prepared(f"{one}.1", url).state == pb.CONTENT_READY
            assert caller.seal(f"{one}.1").state == pb.CONTENT_SEALED
            assert backed_up(caller, f"{one}.1", "first").state == pb.BACKUP_DONE
        self.workspace, self.other = self.workspaces
        self.instance = f"{self.workspace}.1"
        self.held: dict[str, bytes] = {}
        """Point → what its file was."""
        self.lacking: set[str] = set()

    def write(self, content: bytes) -> None:
        with disks.shown(self.caller.host.layout, self.workspace) as folder:
            (folder / "workspace" / "written").write_bytes(content)

    def harm(self, kind: str) -> None:
        how, _, where = kind.partition(" ")
        folder = Path(self.caller.host.layout.backups) / self.workspace / "repository"
        if how == "lock":
            (folder / "locks" / ("0" * 64)).write_text("{}")
            return
        there = [folder / where, *sorted((folder / where).rglob("*"))]
        victim = self.chance.choice([one for one in there if one.is_file()])
        data = bytearray(victim.read_bytes())
        if how == "lose":
            victim.unlink()
            return
        data[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        victim.chmod(0o600)
        victim.write_bytes(data[: len(data) // 2] if how == "cut" else data)

    def round(self, n: int, kind: str) -> None:
        point = f"p{n}"
        self.held[point] = self.chance.randbytes(5000)
        self.write(self.held[point])
        self.harm(kind)
        status = backed_up(self.caller, self.instance, point)
        assert status.state == pb.BACKUP_DONE, (kind, status)
        assert (status.made.point, status.made.verified) == (point, True)
        assert point not in status.lacking
        self.lacking = set(status.lacking)
        assert self.read(point) == self.held[point]

    def read(self, point: str) -> bytes:
        request = pb.ExportRequest(
            repository=repository(self.workspace), point=point, path=b"workspace/written"
        )
        return b"".join(one.data for one in self.caller.stub.Export(request))

    def end(self) -> None:
        """What is not told to lack something is whole; harm unseen so far is seen by a reader."""
        for point in list(self.held):
            if point in self.lacking or self.tried(point):
                continue
            self.round(len(self.held), "lock")
            assert point in self.lacking or self.read(point) == self.held[point]
        for one in self.workspaces:
            self.caller.discard(one, 9)
            self.caller.stub.Drop(pb.DropRequest(workspace=one, n=9))

    def tried(self, point: str) -> bool:
        try:
            found = self.read(point)
        except grpc.RpcError as error:
            if "repository_damaged" not in str(error.details()):
                raise
            return False
        return found == self.held[point]

    def untouched(self) -> None:
        """Another workspace's repository has nothing of it."""
        status = backed_up(self.caller, f"{self.other}.1", "again", always=True)
        assert (status.state, list(status.lacking)) == (pb.BACKUP_DONE, [])
        listed = self.caller.stub.Points(pb.PointsRequest(repository=repository(self.other)))
        assert [one.point for one in listed.points] == ["first", "again"]


def test_harm_is_mended_and_told(caller, url):
    rounds = Rounds(caller, url, 20261126)
    for n, kind in enumerate(("lose data", "cut index", "lock")):
        rounds.round(n, kind)
    rounds.untouched()
    rounds.end()


@pytest.mark.torture
def test_many_rounds(caller, url):
    rounds = Rounds(caller, url, 7)
    for n in range(ROUNDS):
        rounds.round(n, rounds.chance.choice(HARMS))
    rounds.untouched()
    rounds.end()


async def test_what_nobody_knows_is_told_with_when_all_is_read_again(tmp_path: Path) -> None:
    workspace = workspace_id_from(token_bytes(16))
    (tmp_path / "backups" / workspace).mkdir(parents=True)
    kept = Repositories(tmp_path / "backups", Restic(tmp_path, "/nowhere"))
    trees = Trees(tmp_path, Disks(tmp_path, tmp_path))
    making = Making(kept, trees, Reading(kept), 0.0)
    failed = BackupFailed(fault("backup_failed", "It said this."))

    async def told() -> str:
        return (await making._unknown(workspace, kept.book(workspace), failed)).fault.detail

    assert (await told()).startswith("It said this. All that is stored was read")
    assert "again in 1.0 h" in await told()  # the second time it was not read
    book = kept.book(workspace)
    kept.keep_book(workspace, structs.replace(book, doubted_at=book.doubted_at - 3600))
    assert "again in 6.0 h" in await told()
    other = BackupFailed(fault("disk_full_backup"))
    assert await making._unknown(workspace, book, other) is other
