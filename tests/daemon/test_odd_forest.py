"""Very many odd files: what a restore point brings back is what was there, to the last field."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller
from tests.daemon.drive import Drive, on_drive
from tests.daemon.oddforest import plant
from tests.daemon.oddtree import differences, fields
from tests.daemon.test_backups import FOLDERS, backed_up, restored
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    folder = tmp_path_factory.mktemp("node")
    with Drive(folder / "drive") as drive, on_drive(nodehost.make_host(folder), drive) as made:
        nodehost.make_repository(made)
        made.start()
        yield made


def compare(caller: Caller, url: str, workspace: str, count: int) -> None:
    """Plant, back up, change, restore, and compare; in the repository and in the home."""
    caller.patience = 900.0
    instance = f"{workspace}.1"
    assert caller.prepared(instance, url).state == pb.CONTENT_READY
    tree = Path(caller.host.layout.content) / workspace
    plant(tree / "workspace" / "demo", 1, count * 9 // 10)
    plant(tree / "home", 2, count // 10)
    before = [fields(tree / one) for one in FOLDERS]
    assert caller.seal(instance).state == pb.CONTENT_SEALED
    assert sum(map(len, before)) > count
    made = backed_up(caller, instance, "p1")
    assert made.state == pb.BACKUP_DONE, made
    with disks.shown(caller.host.layout, workspace) as place:
        subprocess.run(["rm", "-r", str(place / "workspace" / "demo" / "crowd")], check=True)
    status = restored(caller, instance, "w1", workspace, "p1")
    assert (status.state, status.restored) == (pb.CONTENT_SEALED, "w1"), status
    with disks.shown(caller.host.layout, workspace) as place:
        for name, was in zip(FOLDERS, before, strict=True):
            assert differences(was, fields(place / name)) == []
    again = backed_up(caller, instance, "p2")  # what was restored is read as what it was
    assert again.state == pb.BACKUP_DONE, again
    assert again.made.files_new == 0
    caller.discard(workspace, 9)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=9))


def test_two_thousand(caller: Caller, url: str, workspace: str) -> None:
    compare(caller, url, workspace, 2_000)


@pytest.mark.torture
def test_a_hundred_thousand(caller: Caller, url: str, workspace: str) -> None:
    compare(caller, url, workspace, 100_000)
