"""The disk of a node fills up in each phase: told as that, nothing is lost, and it goes on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller, eventually
from tests.daemon.drive import Drive, on_drive
from tests.daemon.oddtree import Fields, differences, fields, grow
from tests.daemon.test_backups import backed_up, restored
from tests.daemon.test_snapshots import frozen, let_go
from tests.nodehost import NodeHost
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


@pytest.fixture(scope="module", params=["off", "on"], ids=["folders", "disks"])
def host(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[NodeHost]:
    """A node on a disk of its own; its workspaces are folders, or have disks."""
    folder = tmp_path_factory.mktemp("node")
    floor = {"PODIUM_DISK_FLOOR": "0"}  # nothing is refused before it has no room
    made = nodehost.make_host(folder, PODIUM_DISK_LIMITS=request.param, **floor)
    with Drive(folder / "drive") as drive, on_drive(made, drive):
        nodehost.make_repository(made, files={"large": os.urandom(3 << 20).hex()})
        made.start()
        yield made


class Room:
    """What is free on the node's disk."""

    def __init__(self, host: NodeHost) -> None:
        self._filler = Path(host.layout.home) / "filler"

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes, at most."""
        os.sync()  # what is written late takes its room now
        with self._filler.open("ab") as file:
            step = 1 << 30
            while step >= 4096:
                if not self._take(file.fileno(), step, leave):
                    step //= 2

    def _take(self, file: int, size: int, leave: int) -> bool:
        state = os.statvfs(self._filler.parent)
        if state.f_bavail * state.f_frsize < size + leave:
            return False
        try:
            os.posix_fallocate(file, os.fstat(file).st_size, size)
        except OSError:
            return False
        return True

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def room(host: NodeHost) -> Iterator[Room]:
    made = Room(host)
    yield made
    made.free()


class Tree:
    """A stopped workspace with odd files, and what was in it."""

    def __init__(self, caller: Caller, url: str, workspace: str) -> None:
        self.caller, self.workspace, self.n = caller, workspace, 1
        assert caller.prepared(self.instance, url).state == pb.CONTENT_READY
        place = Path(caller.host.layout.content) / workspace / "workspace" / "demo"
        grow(place, 5)
        (place / "large").write_bytes(os.urandom(4 << 20))
        assert caller.seal(self.instance).state == pb.CONTENT_SEALED
        self.before = self.fields()

    @property
    def instance(self) -> str:
        return f"{self.workspace}.{self.n}"

    def fields(self) -> Fields:
        with self.shown() as place:
            return fields(place)

    @contextmanager
    def shown(self) -> Iterator[Path]:
        with disks.shown(self.caller.host.layout, self.workspace) as content:
            yield content / "workspace"

    def kept(self) -> bool:
        return differences(self.before, self.fields()) == []


@pytest.fixture
def tree(caller: Caller, url: str, workspace: str) -> Iterator[Tree]:
    made = Tree(caller, url, workspace)
    yield made
    caller.discard(workspace, 9)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=9))


def other_workspace() -> str:
    return workspace_id_from(token_bytes(16))


def test_a_clone(caller, room, url, workspace):
    room.fill(leave=1 << 20)
    failed = caller.prepared(f"{workspace}.1", url)
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "disk_full"), failed
    room.free()
    assert caller.prepared(f"{workspace}.2", url).state == pb.CONTENT_READY
    caller.discard(workspace, 2)


def test_a_backup(caller, room, tree):
    room.fill(leave=1 << 20)
    failed = backed_up(caller, tree.instance, "p1")
    assert (failed.state, failed.fault.code) == (pb.BACKUP_FAILED, "disk_full_backup"), failed
    assert tree.kept()
    room.free()
    made = backed_up(caller, tree.instance, "p1")
    assert (made.state, made.made.verified) == (pb.BACKUP_DONE, True), made


def test_a_restore(caller, room, tree):
    assert backed_up(caller, tree.instance, "p1").state == pb.BACKUP_DONE
    with tree.shown() as place:
        (place / "demo" / "large").write_bytes(os.urandom(4 << 20))
    point, tree.before = tree.before, tree.fields()
    room.fill(leave=1 << 20)
    failed = restored(caller, tree.instance, "w1", tree.workspace, "p1")
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "disk_full"), failed
    assert tree.kept()
    room.free()
    done = restored(caller, tree.instance, "w2", tree.workspace, "p1")
    assert (done.state, done.restored) == (pb.CONTENT_SEALED, "w2"), done
    assert differences(point, tree.fields()) == []


def test_a_snapshot_and_what_begins_as_one(caller, room, tree):
    room.fill(leave=1 << 20)
    failed = frozen(caller, tree.instance, "s1")
    assert (failed.state, failed.fault.code) == (pb.FROZEN_FAILED, "disk_full"), failed
    assert tree.kept()
    room.free()
    done = frozen(caller, tree.instance, "s1")
    assert done.state == pb.FROZEN_DONE, done
    room.fill()
    other = other_workspace()
    refused = caller.prepared(f"{other}.1", "", snapshot="s1")
    assert (refused.state, refused.fault.code) == (pb.CONTENT_FAILED, "disk_full"), refused
    room.free()
    assert caller.prepared(f"{other}.2", "", snapshot="s1").state == pb.CONTENT_READY
    room.fill()
    caller.discard(other, 9)
    assert let_go(caller, "s1") > 0
    assert tree.kept()


def test_a_download_of_a_point(caller, room, tree):
    assert backed_up(caller, tree.instance, "p1").state == pb.BACKUP_DONE
    room.fill()
    asked = pb.ExportRequest(
        repository=pb.Repository(workspace=tree.workspace, key=bytes(range(32))),
        point="p1",
        path=b"workspace/demo/large",
    )
    data = b"".join(one.data for one in caller.stub.Export(asked))
    with tree.shown() as place:
        assert data == (place / "demo" / "large").read_bytes()


def test_a_discard_gives_room(caller, room, tree):
    assert backed_up(caller, tree.instance, "p1").state == pb.BACKUP_DONE
    room.fill()
    assert caller.discard(tree.workspace, tree.n) > 4 << 20
    assert all(one.instance != tree.instance for one in caller.list().contents)
    status = restored(caller, f"{tree.workspace}.3", "w1", tree.workspace, "p1")
    assert (status.state, status.fault.code) in {
        (pb.CONTENT_SEALED, ""),
        (pb.CONTENT_FAILED, "disk_full"),
    }, status
    room.free()
    status = restored(caller, f"{tree.workspace}.3", "w2", tree.workspace, "p1")
    assert status.state == pb.CONTENT_SEALED, status
    assert tree.kept()


def write(path: Path, lines: int = 0, most: float = float("inf")) -> int:
    """Append lines, each of them on the disk before it counts, until one is refused.

    Returns how many there are, after those that were there.
    """
    with path.open("ab", buffering=0) as file:
        while lines < most:
            line = b"%04095d\n" % lines
            try:
                if file.write(line) != len(line):
                    return lines
                os.fsync(file.fileno())
            except OSError:
                return lines
            lines += 1
    return lines


def test_who_writes_keeps_every_byte_that_was_acknowledged(caller, room, url, workspace):
    assert caller.prepared(f"{workspace}.1", url).state == pb.CONTENT_READY
    written = Path(caller.host.layout.content) / workspace / "workspace" / "demo" / "written"
    # the node makes the next empty disk meanwhile, which takes what is left
    assert write(written, most=16) == 16
    room.fill(leave=512 << 10)
    lines = write(written, 16)
    room.fill()
    caller.seal(f"{workspace}.1")
    room.free()
    eventually(lambda: caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED)
    caller.host.terminate()  # a disk that could not write is read only until it is mounted again
    caller.host.start()
    assert caller.prepared(f"{workspace}.2", url, fresh=False).state == pb.CONTENT_READY
    data = written.read_bytes()
    for n in range(lines):
        assert data[n * 4096 : (n + 1) * 4096] == b"%04095d\n" % n
    with written.open("ab") as file:
        file.write(b"goes on\n")
        file.flush()
        os.fsync(file.fileno())
    git = ["git", "-c", "safe.directory=*", "-C", str(written.parent), "fsck", "--strict"]
    subprocess.run(git, check=True, capture_output=True)
    assert caller.seal(f"{workspace}.2").state == pb.CONTENT_SEALED
    caller.discard(workspace, 9)
