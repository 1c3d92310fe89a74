"""What is said to be on the disk is there when the power is lost in the very next moment.

`test_power_loss` cuts at random; here it is cut where a step has just ended, so that a sync that is
left out is seen each time.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from daemon.core.content import Record
from daemon.host import files
from daemon.host.disks import Disks
from daemon.host.trees import Trees
from tests.daemon.drive import Drive, Loss
from tests.daemon.oddtree import Fields, differences, fields, grow

pytestmark = pytest.mark.root
WORKSPACE = "amber-otter-4k2hw9xz1q"
RECORD = Record(workspace=WORKSPACE, opened=1, folder="demo", revision="a" * 40, branch="main")
SIZE = 64 << 20
LOSSES = pytest.mark.parametrize("loss", list(Loss))
DISKS = pytest.mark.parametrize("limited", [False, True], ids=["folder", "disk"])


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    with Drive(tmp_path_factory.mktemp("power") / "drive") as made:
        yield made


@pytest.fixture
def place(drive: Drive) -> Path:
    """A folder of the test's own that is on the disk."""
    folder = drive.data / os.urandom(4).hex()
    folder.mkdir()
    os.sync()
    return folder


@LOSSES
def test_a_small_file_that_is_new_or_replaced(
    drive: Drive, place: Path, tmp_path: Path, loss: Loss
) -> None:
    files.write_whole(place / "replaced", "first\n")
    files.write_whole(place / "replaced", "second\n")
    files.write_whole(place / "new", "new\n")
    drive.lose(loss)
    with drive.left(loss, tmp_path):
        after = tmp_path / place.name
        assert (after / "replaced").read_text() == "second\n"
        assert (after / "new").read_text() == "new\n"


@LOSSES
@pytest.mark.parametrize("whole", [False, True], ids=["tree", "filesystem"])
def test_a_tree(drive: Drive, place: Path, tmp_path: Path, loss: Loss, *, whole: bool) -> None:
    tree = place / "tree"
    tree.mkdir()
    grow(tree)
    if whole:
        files.sync_filesystem(place)
    else:
        files.sync_tree(tree, place)
    before = fields(tree)
    drive.lose(loss)
    with drive.left(loss, tmp_path):
        assert differences(before, fields(tmp_path / place.name / "tree")) == []


class Node:
    """The content of a node; its workspaces are folders, or have disks."""

    def __init__(self, place: Path, *, limited: bool) -> None:
        content = place / "content"
        (place / "disks").mkdir(exist_ok=True)
        self.size = SIZE if limited else 0
        self.trees = Trees(content, Disks(place / "disks", content))
        self.trees.open(limited=limited)

    def begun(self, skeleton: Path) -> None:
        clone = self.trees.begin(WORKSPACE, self.size) / ".podium-clone"
        grow(clone)
        self.trees.begin_home(WORKSPACE, skeleton)
        self.trees.finish(RECORD)

    def fields(self) -> Fields:
        assert self.trees.complete(WORKSPACE)
        return fields(self.trees.tree(WORKSPACE))

    def close(self) -> None:
        for name in self.trees.workspaces():
            if self.trees.disks.has(name):
                self.trees.disks.release(name)


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    folder = tmp_path / "image" / "home" / "gitpod"
    folder.mkdir(parents=True)
    (folder / ".bashrc").write_text("x")
    return folder


def compare(drive: Drive, node: Node, loss: Loss, tmp_path: Path, place: Path) -> Record:
    """Lose the power now; return what the record says of a tree that is as it was."""
    drive.lose(loss)  # before anybody reads: that would change nothing, but take its time
    before = node.fields()
    node.close()
    mounted = tmp_path / "left"
    with drive.left(loss, mounted):
        after = Node(mounted / place.name, limited=bool(node.size))
        try:
            assert differences(before, after.fields()) == []
            record = after.trees.record(WORKSPACE)
            assert record is not None
            return record
        finally:
            after.close()


@LOSSES
@DISKS
def test_a_tree_that_is_finished_and_one_that_is_sealed(
    drive: Drive, place: Path, tmp_path: Path, skeleton: Path, loss: Loss, *, limited: bool
) -> None:
    node = Node(place, limited=limited)
    node.begun(skeleton)
    assert compare(drive, node, loss, tmp_path, place) == RECORD
    assert node.trees.complete(WORKSPACE)
    odd = node.trees.tree(WORKSPACE) / "odd"
    odd.mkdir()
    grow(odd, 2)
    node.trees.sync(WORKSPACE)
    node.trees.keep_record(structs.replace(RECORD, sealed=1))
    assert compare(drive, node, loss, tmp_path, place).sealed == 1


@LOSSES
@DISKS
def test_a_tree_that_was_brought_back(
    drive: Drive, place: Path, tmp_path: Path, skeleton: Path, loss: Loss, *, limited: bool
) -> None:
    node = Node(place, limited=limited)
    node.begun(skeleton)
    filled = node.trees.begin_restore(WORKSPACE, node.size)
    (filled / "workspace" / "demo").mkdir(parents=True)
    (filled / "home" / "gitpod").mkdir(parents=True)
    grow(filled / "workspace" / "demo", 3)
    node.trees.finish_restore(structs.replace(RECORD, restored="w1"))
    assert compare(drive, node, loss, tmp_path, place).restored == "w1"
