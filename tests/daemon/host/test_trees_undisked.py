"""Where a disk cannot be made although the trial went well, what is new is a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from daemon.core.content import Record
from daemon.host.disks import Disks
from daemon.host.trees import Trees

pytestmark = pytest.mark.root
WORKSPACE = "amber-otter-4k2hw9xz1q"
SIZE = 128 << 20
RECORD = Record(workspace=WORKSPACE, opened=1, folder="demo", revision="a" * 40, branch="main")


@pytest.fixture
def trees(tmp_path: Path) -> Iterator[Trees]:
    content = tmp_path / "content"
    made = Trees(content, Disks(tmp_path / "disks", content))
    made.open()
    assert made.disks.reason == ""
    yield made
    made.disks.close()


@pytest.fixture
def only_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the trial go well, and nothing that comes after it."""
    program = tmp_path / "bin" / "mkfs.ext4"
    program.parent.mkdir()
    real = shutil.which("mkfs.ext4")
    program.write_text(
        f'#!/bin/sh\ncase "$*" in */.new-trial/*) exec {real} "$@";; esac\n'
        "echo nothing doing >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def begin_and_finish(trees: Trees) -> None:
    tree = trees.begin(WORKSPACE, SIZE)
    (tree / ".podium-clone" / "file").write_text("kept")
    trees.begin_home(WORKSPACE, Path("/nowhere"))
    trees.finish(RECORD)


@pytest.mark.usefixtures("only_trials")
def test_a_new_tree_is_a_folder_and_the_reason_is_told(trees: Trees, tmp_path: Path) -> None:
    begin_and_finish(trees)
    assert trees.complete(WORKSPACE)
    assert not trees.disks.has(WORKSPACE)
    assert trees.disks.reason == "mkfs.ext4: nothing doing"
    assert list((tmp_path / "disks").iterdir()) == []
    assert (trees.tree(WORKSPACE) / "demo" / "file").read_text() == "kept"


def test_a_disk_that_cannot_be_mounted_goes_and_the_tree_is_a_folder(
    trees: Trees, tmp_path: Path
) -> None:
    trees.disks.stock(SIZE)
    (tmp_path / "disks" / ".spare" / "image").write_bytes(bytes(1 << 20))
    begin_and_finish(trees)
    assert trees.complete(WORKSPACE)
    assert not trees.disks.has(WORKSPACE)
    assert trees.disks.reason
    assert list((tmp_path / "disks").iterdir()) == []
    assert trees.disks.able(), "the next one is tried again"


@pytest.mark.usefixtures("only_trials")
def test_that_none_can_be_made_ready_is_told(trees: Trees, tmp_path: Path) -> None:
    trees.disks.stock(SIZE)
    assert trees.disks.reason == "mkfs.ext4: nothing doing"
    assert list((tmp_path / "disks").iterdir()) == []


@pytest.mark.usefixtures("only_trials")
def test_a_restore_of_what_has_no_disk_is_a_folder(trees: Trees, tmp_path: Path) -> None:
    filled = trees.begin_restore(WORKSPACE, SIZE)
    (filled / "workspace").mkdir()
    (filled / "home" / "gitpod").mkdir(parents=True)
    trees.finish_restore(RECORD)
    assert trees.complete(WORKSPACE)
    assert list((tmp_path / "disks").iterdir()) == []
    assert trees.disks.reason == "mkfs.ext4: nothing doing"


def test_what_has_a_disk_never_becomes_a_folder(
    trees: Trees, request: pytest.FixtureRequest
) -> None:
    begin_and_finish(trees)
    assert trees.disks.has(WORKSPACE)
    trees.keep_record(structs.replace(RECORD, sealed=1))
    request.getfixturevalue("only_trials")
    with pytest.raises(OSError, match="nothing doing"):
        trees.begin_restore(WORKSPACE, SIZE)
    assert trees.disks.has(WORKSPACE)
    assert trees.disks.reason == ""
