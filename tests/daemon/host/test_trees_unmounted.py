"""A disk that somebody unmounts while a tree grows on it: what is not there is not said to be."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.core.content import Record
from daemon.host.disks import Disks
from daemon.host.trees import Trees

pytestmark = pytest.mark.root
WORKSPACE = "amber-otter-4k2hw9xz1q"
RECORD = Record(workspace=WORKSPACE, opened=1, folder="demo", revision="a" * 40, branch="main")
SIZE = 64 << 20


@pytest.fixture
def trees(tmp_path: Path) -> Iterator[Trees]:
    content = tmp_path / "content"
    made = Trees(content, Disks(tmp_path / "disks", content))
    made.open()
    assert made.disks.reason == ""
    yield made
    made.discard(WORKSPACE)
    made.disks.close()


def begin(trees: Trees, skeleton: Path) -> None:
    (trees.begin(WORKSPACE, SIZE) / ".podium-clone" / ".git").mkdir()
    trees.begin_home(WORKSPACE, skeleton)


def unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], check=True)


def grow_beside(place: Path, *folders: str) -> None:
    """Do what goes on when the disk is away, into the folder that it hides."""
    for one in folders:
        (place / one).mkdir(parents=True)


def test_a_clone_beside_its_disk_does_not_count(trees, tmp_path):
    begin(trees, tmp_path / "skeleton")
    place = tmp_path / "content" / WORKSPACE
    unmount(place)
    grow_beside(place, "workspace/.podium-clone", ".home")
    with pytest.raises(OSError, match="unmounted"):
        trees.finish(RECORD)
    assert trees.record(WORKSPACE) is None
    begin(trees, tmp_path / "skeleton")
    trees.finish(RECORD)
    assert trees.complete(WORKSPACE)
    assert (trees.tree(WORKSPACE) / "demo" / ".git").is_dir()


def test_a_workspace_that_stands_beside_its_disk_does_not_count(trees, tmp_path):
    trees.begin_thawed(WORKSPACE, SIZE, stands=True)
    place = tmp_path / "content" / WORKSPACE
    unmount(place)
    grow_beside(place, "layers/upper", ".home")
    with pytest.raises(OSError, match="unmounted"):
        trees.finish_thawed(RECORD)
    assert trees.record(WORKSPACE) is None


def test_a_restore_beside_its_disk_takes_nobodys_place(trees, tmp_path):
    begin(trees, tmp_path / "skeleton")
    trees.finish(RECORD)
    (trees.tree(WORKSPACE) / "mine").write_text("mine")
    trees.begin_restore(WORKSPACE, SIZE)
    place = tmp_path / "content" / f".restoring-{WORKSPACE}"
    unmount(place)
    grow_beside(place, "filled/workspace", "filled/home/gitpod")
    with pytest.raises(OSError, match="unmounted"):
        trees.finish_restore(RECORD)
    trees.forget_restore(WORKSPACE)
    assert trees.complete(WORKSPACE)
    assert (trees.tree(WORKSPACE) / "mine").read_text() == "mine"


def test_a_tree_whose_disk_is_unmounted_is_there_again(trees, tmp_path):
    begin(trees, tmp_path / "skeleton")
    trees.finish(RECORD)
    with (trees.tree(WORKSPACE) / "open").open("w") as file:
        unmount(tmp_path / "content" / WORKSPACE)
        assert trees.complete(WORKSPACE)
        file.write("written to a disk that had no place")
    assert (trees.tree(WORKSPACE) / "open").read_text() == "written to a disk that had no place"


def test_a_restore_is_done_when_the_disk_has_its_place_mounted_or_not(trees, tmp_path):
    begin(trees, tmp_path / "skeleton")
    trees.finish(RECORD)
    filled = trees.begin_restore(WORKSPACE, SIZE)
    (filled / "workspace").mkdir()
    (filled / "workspace" / "restored").write_text("restored")
    (filled / "home" / "gitpod").mkdir(parents=True)
    trees.finish_restore(RECORD)
    place = tmp_path / "content" / WORKSPACE
    assert not place.exists()  # that it cannot be mounted is told by who needs it
    assert trees.complete(WORKSPACE)
    assert (trees.tree(WORKSPACE) / "restored").read_text() == "restored"
