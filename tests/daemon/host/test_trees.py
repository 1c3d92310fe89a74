import os
import stat
from pathlib import Path

import pytest
from msgspec import structs

from daemon.core.content import Record
from daemon.core.fencing import Fence
from daemon.core.frozen import Frozen
from daemon.host.disks import Disks
from daemon.host.git import USER
from daemon.host.trees import Trees
from tests.daemon.host.test_removal import nest

pytestmark = pytest.mark.root
WORKSPACE = "amber-otter-4k2hw9xz1q"
RECORD = Record(workspace=WORKSPACE, opened=1, folder="demo", revision="a" * 40, branch="main")


@pytest.fixture
def trees(tmp_path) -> Trees:
    content = tmp_path / "content"
    made = Trees(content, Disks(tmp_path / "disks", content))
    made.open(limited=False)
    return made


@pytest.fixture
def skeleton(tmp_path) -> Path:
    folder = tmp_path / "image" / "home" / "gitpod"
    (folder / ".config").mkdir(parents=True, mode=0o700)
    (folder / ".bashrc").write_text("x")
    (folder / "link").symlink_to("/etc/shadow")
    os.mkfifo(folder / "pipe")
    for one in (folder, folder / ".config", folder / ".bashrc", folder / "link"):
        os.lchown(one, USER, USER)
    os.chown(folder / ".bashrc", 0, 0)
    (folder / ".bashrc").chmod(0o4751)
    folder.chmod(0o750)
    return folder


def make(trees: Trees, skeleton: Path) -> None:
    tree = trees.begin(WORKSPACE)
    (tree / ".podium-clone" / ".git").mkdir()
    trees.begin_home(WORKSPACE, skeleton)
    trees.finish(RECORD)


def test_a_tree_is_there_when_its_record_is(trees, skeleton):
    assert trees.record(WORKSPACE) is None
    assert not trees.complete(WORKSPACE)
    make(trees, skeleton)
    assert trees.record(WORKSPACE) == RECORD
    assert trees.complete(WORKSPACE)
    assert trees.workspaces() == [WORKSPACE]
    assert (trees.tree(WORKSPACE) / "demo" / ".git").is_dir()
    assert stat.S_IMODE((trees.tree(WORKSPACE) / ".podium").stat().st_mode) == 0o700


def test_the_home_is_the_images_with_owners_modes_and_links(trees, skeleton):
    make(trees, skeleton)
    home = trees.home(WORKSPACE)
    assert stat.S_IMODE(home.stat().st_mode) == 0o750
    bashrc = (home / ".bashrc").stat()
    assert (bashrc.st_uid, stat.S_IMODE(bashrc.st_mode)) == (0, 0o4751)
    assert (home / ".config").stat().st_uid == USER
    assert (home / "link").readlink() == Path("/etc/shadow")
    assert (home / "link").lstat().st_uid == USER
    assert not (home / "pipe").exists()


@pytest.mark.parametrize("kind", ["missing", "link", "linked-parent"])
def test_an_image_without_a_home_gives_an_empty_one(trees, tmp_path, kind):
    skeleton = tmp_path / "image" / "home" / "gitpod"
    if kind == "link":
        skeleton.parent.mkdir(parents=True)
        skeleton.symlink_to("/etc")
    if kind == "linked-parent":
        skeleton.parent.parent.mkdir(parents=True)
        skeleton.parent.symlink_to("/")
    make(trees, skeleton)
    home = trees.home(WORKSPACE)
    assert list(home.iterdir()) == []
    assert home.stat().st_uid == USER


def test_leftovers_are_cleared_by_the_next_begin(trees):
    tree = trees.begin(WORKSPACE)
    (tree / ".podium-clone" / "half").touch()
    assert list((trees.begin(WORKSPACE) / ".podium-clone").iterdir()) == []


def test_discarding_frees_and_is_repeatable(trees, skeleton):
    make(trees, skeleton)
    assert trees.discard(WORKSPACE) > 0
    assert trees.discard(WORKSPACE) == 0
    assert trees.workspaces() == []


def test_a_discard_takes_the_half_of_a_restore_with_it(trees, skeleton, tmp_path):
    make(trees, skeleton)
    (trees.begin_restore(WORKSPACE) / "half").write_text("half")
    trees.discard(WORKSPACE)
    assert not list((tmp_path / "content").glob(".restoring-*"))


def test_an_interrupted_discard_is_finished_at_the_start(trees, skeleton, tmp_path):
    make(trees, skeleton)
    (tmp_path / "content" / WORKSPACE).rename(tmp_path / "content" / f".trash-{WORKSPACE}")
    trees.open()
    assert not list((tmp_path / "content").glob(".trash-*"))


def test_what_no_path_leads_to_the_end_of_stops_no_start_and_goes(trees, skeleton, tmp_path):
    make(trees, skeleton)
    made = trees.frozen.begin("s1")
    nest(made, 1200, "a")
    trees.frozen.finish(Frozen(snapshot="s1", folder="demo", revision="", branch="main"))
    nest(trees.tree(WORKSPACE), 1200, "a")
    assert trees.discard(WORKSPACE) > 8192
    trees.frozen.let_go("s1")
    trees.begin_restore(WORKSPACE).joinpath("workspace").mkdir()
    nest(tmp_path / "content" / f".restoring-{WORKSPACE}" / "filled" / "workspace", 20, "b" * 255)
    trees.open(limited=False)
    assert sorted(one.name for one in (tmp_path / "content").iterdir()) == [".fences", ".frozen"]
    assert not any((tmp_path / "content" / ".frozen").iterdir())


def test_the_fence_outlives_the_tree(trees, skeleton):
    assert trees.fence(WORKSPACE) == Fence(0)
    make(trees, skeleton)
    trees.keep_fence(WORKSPACE, Fence(4))
    trees.discard(WORKSPACE)
    assert trees.fence(WORKSPACE) == Fence(4)


def test_a_missing_home_makes_it_incomplete(trees, skeleton):
    make(trees, skeleton)
    trees.home(WORKSPACE).rename(trees.home(WORKSPACE).with_name("aside"))
    assert not trees.complete(WORKSPACE)
    trees.home(WORKSPACE).symlink_to("aside")
    assert not trees.complete(WORKSPACE)


def test_a_home_that_nobody_has_used_is_filled_from_the_image_that_runs(trees, skeleton, tmp_path):
    make(trees, skeleton)
    trees.keep_record(structs.replace(RECORD, home="default"))
    other = tmp_path / "other" / "home" / "gitpod"
    other.mkdir(parents=True)
    trees.move_in(WORKSPACE, "sha256:empty", other)
    assert (trees.home(WORKSPACE) / ".bashrc").exists(), "the image has nothing in its home"

    trees.keep_record(structs.replace(RECORD, home="default"))
    (other / ".cargo").mkdir()
    trees.move_in(WORKSPACE, "sha256:other", other)
    assert {one.name for one in trees.home(WORKSPACE).iterdir()} == {".cargo"}
    assert {one.name for one in trees.home(WORKSPACE).parent.iterdir()} == {
        "content.json",
        "home",
        "workspace",
    }
    trees.move_in(WORKSPACE, "default", skeleton)
    assert not (trees.home(WORKSPACE) / ".bashrc").exists(), "it is the person's by now"


def test_a_crash_between_two_homes_is_made_good(trees, skeleton, tmp_path):
    make(trees, skeleton)
    trees.keep_record(structs.replace(RECORD, home="default"))
    home = trees.home(WORKSPACE)
    home.rename(home.with_name(".home-before"))
    assert trees.complete(WORKSPACE)
    assert (home / ".bashrc").exists()


@pytest.mark.parametrize("moved", [True, False])
def test_a_crash_while_a_home_is_filled_anew_leaves_a_whole_one(trees, skeleton, moved):
    make(trees, skeleton)
    home = trees.home(WORKSPACE)
    before = home.with_name(".home-before")
    if moved:
        home.rename(before)
    else:
        before.mkdir()
    trees.open()
    assert trees.complete(WORKSPACE)
    assert (home / ".bashrc").read_text() == "x"
    assert not before.exists()
