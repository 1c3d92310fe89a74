"""The one checkout of a workspace: done, marked, and told when it fails."""

import os
import subprocess
from pathlib import Path

import pytest

from supervisor.host.checkout import already_done, check_out
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.agent import Checkout
from wire.phases import Condition, StepState

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=a@e.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    origin, made = tmp_path / "origin", tmp_path / "clone"
    subprocess.run(["git", "init", "-q", "-b", "main", str(origin)], check=True)
    (origin / "a").write_text("a")
    git(origin, "add", "a")
    git(origin, "commit", "-qm", "First")
    subprocess.run(["git", "clone", "-qn", str(origin), str(made)], check=True)
    return made


async def run(clone: Path, account: Account, revision: str = ""):
    reaper = Reaper()
    reaper.install()
    wanted = Checkout(
        path=str(clone), revision=revision or git(clone, "rev-parse", "origin/main"), branch="main"
    )
    marker = str(clone.parent / "state" / "checked-out")
    return await check_out(wanted, reaper, account, ENVIRONMENT, marker), marker


async def test_it_is_done_and_marked(clone, account):
    report, marker = await run(clone, account)
    assert report.state is StepState.DONE
    assert report.took > 0
    assert (clone / "a").read_text() == "a"
    assert already_done(marker)
    assert [one.name for one in Path(marker).parent.iterdir()] == ["checked-out"]


async def test_a_lock_of_a_killed_git_is_no_obstacle(clone, account):
    (clone / ".git" / "index.lock").touch()
    report, _marker = await run(clone, account)
    assert report.state is StepState.DONE


async def test_a_failure_carries_gits_last_line_and_no_mark(clone, account):
    report, marker = await run(clone, account, "0" * 40)
    assert (report.state, report.code) == (StepState.FAILED, Condition.CHECKOUT_FAILED)
    assert report.detail.startswith("fatal: ")
    assert not already_done(marker)


async def test_an_image_without_git_says_so(clone, account):
    reaper = Reaper()
    reaper.install()
    wanted = Checkout(path=str(clone), revision="0" * 40, branch="")
    report = await check_out(wanted, reaper, account, {"PATH": "/nonexistent"}, f"{clone}/mark")
    assert report.state is StepState.FAILED
    assert "The image has to contain git" in report.detail


@pytest.mark.parametrize("place", ["deep/er/own", "clone/below/itself"])
@pytest.mark.parametrize("killed", [False, True])
async def test_a_clone_is_moved_to_where_it_is_wanted(clone, account, place, killed):
    head = git(clone, "rev-parse", "origin/main")
    path = str(clone.parent / place)
    wanted = Checkout(path=path, cloned=str(clone), revision=head, branch="main")
    kept = clone.parent / "state"
    if killed:  # between the two moves
        kept.mkdir()
        clone.rename(kept / "clone")
    reaper = Reaper()
    reaper.install()
    for _ in range(2):  # as when it was killed before the mark
        report = await check_out(wanted, reaper, account, ENVIRONMENT, str(kept / "checked-out"))
        assert report.state is StepState.DONE
    assert (Path(path) / "a").read_text() == "a"
    assert [one.name for one in kept.iterdir()] == ["checked-out"]


async def test_a_clone_that_cannot_be_moved_is_told(tmp_path, account):
    wanted = Checkout(
        path=str(tmp_path / "own"), cloned=str(tmp_path / "none"), revision="0" * 40, branch="main"
    )
    marker = str(tmp_path / "state" / "checked-out")
    report = await check_out(wanted, Reaper(), account, ENVIRONMENT, marker)
    assert (report.state, report.code) == (StepState.FAILED, Condition.CHECKOUT_FAILED)
    assert "No such file" in report.detail
