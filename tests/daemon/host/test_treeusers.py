"""Processes that have a tree mounted, real ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.host import treeusers
from tests import podprocess
from tests.tree.sources import ROOT

pytestmark = pytest.mark.root
ONE, TWO = "amber-otter-0000000000", "azure-fox-0000000000"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for name in (ONE, TWO):
        (tmp_path / name / "workspace").mkdir(parents=True)
    (tmp_path / treeusers.ADMITTED).mkdir()
    return tmp_path


def seen(content: Path, workspace: str) -> list[int]:
    """Ask in a process of its own, as the daemon is one: what it starts itself is left out."""
    words = "import sys; from pathlib import Path; from daemon.host.treeusers import users; "
    words += "print(*users(Path(sys.argv[1]), sys.argv[2]))"
    command = [sys.executable, "-c", words, str(content), workspace]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [int(one) for one in told.stdout.split()]


def test_whoever_has_a_tree_mounted_uses_it_until_it_ends(content: Path) -> None:
    assert seen(content, ONE) == []
    with podprocess.running(content / ONE / "workspace") as pod:
        assert seen(content, ONE) == [pod.pid]
        assert seen(content, TWO) == []
    assert seen(content, ONE) == []


def test_what_the_daemon_has_started_is_left_out(content: Path) -> None:
    with podprocess.running(content / ONE / "workspace"):
        assert treeusers.users(content, ONE) == []


def test_only_users_of_admitted_trees_are_killed(content: Path) -> None:
    (content / treeusers.ADMITTED / f"{ONE}.3").touch()
    with (
        podprocess.running(content / ONE / "workspace") as admitted,
        podprocess.running(content / TWO / "workspace") as other,
    ):
        assert treeusers.kill(content) >= 1
        assert admitted.ended() == -9
        assert other.process.poll() is None


def test_nobody_is_killed_where_nothing_is_admitted(tmp_path: Path) -> None:
    assert treeusers.kill(tmp_path / "none") == 0
