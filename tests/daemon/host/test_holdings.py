"""What lies on the disk is told, also what is damaged."""

from pathlib import Path

import pytest

from daemon.core.content import Record
from daemon.core.fencing import Fence
from daemon.core.frozen import Frozen
from daemon.core.holdings import Kind
from daemon.host.disks import Disks
from daemon.host.holdings import Holdings
from daemon.host.repositories import Repositories
from daemon.host.restic import Restic
from daemon.host.trees import Trees

ONE, TWO = "amber-otter-0000000000", "dusty-wren-0000000000"

pytestmark = pytest.mark.root


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    content = tmp_path / "content"
    made = Trees(content, Disks(tmp_path / "disks", content))
    made.open(limited=False)
    return made


@pytest.fixture
def holdings(tmp_path: Path, trees: Trees) -> Holdings:
    repositories = Repositories(tmp_path / "backups", Restic(tmp_path, "/none", None))
    repositories.open()
    return Holdings(trees, repositories)


def test_an_empty_node_has_nothing(holdings: Holdings) -> None:
    assert holdings.all() == []


def test_trees_points_and_snapshots_are_told(
    tmp_path: Path, trees: Trees, holdings: Holdings
) -> None:
    trees.begin(ONE)
    trees.keep_record(Record(workspace=ONE, opened=3, folder="demo", revision="abc", branch="main"))
    trees.keep_fence(ONE, Fence(4))
    (tmp_path / "backups" / TWO / "repository").mkdir(parents=True)
    (tmp_path / "backups" / TWO / "repository" / "pack").write_bytes(b"x" * 9000)
    trees.frozen.begin("s1")
    trees.frozen.finish(Frozen(snapshot="s1", folder="demo", revision="abc", branch=""))
    tree, points, frozen = holdings.all([TWO])
    assert (tree.kind, tree.name, tree.highest) == (Kind.TREE, ONE, 4)
    assert (tree.folder, tree.branch, tree.revision) == ("demo", "main", "abc")
    assert (tree.bytes, tree.touched > 0, tree.place) == (0, True, str(trees.place(ONE)))
    assert (points.kind, points.name, points.bytes >= 9000) == (Kind.POINTS, TWO, True)
    assert (frozen.kind, frozen.name, frozen.folder) == (Kind.FROZEN, "s1", "demo")
    trees.frozen.let_go("s1")
    assert [one.kind for one in holdings.all()] == [Kind.TREE, Kind.POINTS]


def test_what_is_damaged_is_told_all_the_same(trees: Trees, holdings: Holdings) -> None:
    trees.begin(ONE)
    trees.record_file(ONE).write_text("{")
    (trees.place(ONE).parent / ".fences" / ONE).write_text("nonsense")
    (one,) = holdings.all()
    assert (one.name, one.folder, one.highest) == (ONE, "", 0)
