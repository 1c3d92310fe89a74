"""The clone helper alone, against a tree and a repository of the test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.core.progress import Progress
from daemon.host.git import USER, Cloned, Cloner
from daemon.host.helper import HelperFailed, run_helper

pytestmark = pytest.mark.root
OWN_NETWORK = Path("/proc/self/ns/net")

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tree(tmp_path) -> Path:
    folder = tmp_path / "workspace"
    (folder / ".podium-clone").mkdir(parents=True)
    for one in (folder, folder / ".podium-clone"):
        os.chown(one, USER, USER)
    return folder


@pytest.fixture
def repository(tmp_path) -> Path:
    path = tmp_path / "repositories" / "demo"
    git = ["git", "-C", str(path), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    (path / "file").write_text("x")
    hook = path / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch /target/hooked\n")
    hook.chmod(0o755)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    return path


async def clone(tmp_path: Path, tree: Path, repository: Path) -> tuple[object, list[Progress]]:
    cloner = Cloner(tmp_path / "box", ("file",), (str(repository.parent),))
    cloner.open()
    checked = cloner.check(f"file://{repository}", "")
    told: list[Progress] = []
    source, local = checked
    result = await cloner.clone(source, local, tree, OWN_NETWORK, [], told.append)
    return result, told


async def test_a_clone_and_its_progress(tmp_path, tree, repository):
    result, told = await clone(tmp_path, tree, repository)
    assert isinstance(result, Cloned)
    assert (len(result.revision), result.branch) == (40, "main")
    assert any(one.text.startswith("receiving objects") for one in told)
    assert [one.name for one in (tree / ".podium-clone").iterdir()] == [".git"]
    assert not (tree / "hooked").exists()


async def test_nothing_stays_mounted(tmp_path, tree, repository):
    await clone(tmp_path, tree, repository)
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


@pytest.fixture
def poor(tmp_path, repository) -> Path:
    """A repository whose objects lie in another one, outside of the allowed folders."""
    rich, poor = tmp_path / "rich", repository.parent / "poor"
    subprocess.run(["git", "clone", "-q", "--bare", str(repository), str(rich)], check=True)
    subprocess.run(["git", "clone", "-q", "-s", "--bare", str(rich), str(poor)], check=True)
    return poor


async def test_alternates_do_not_lead_out(tmp_path, tree, poor):
    result, _told = await clone(tmp_path, tree, poor)
    assert not isinstance(result, Cloned)


async def test_a_helper_without_sense_says_why(tmp_path):
    with pytest.raises(HelperFailed, match="mirror"):
        await run_helper("clone_child", {})


HOLDING = """
import os, signal
from daemon.host.clone_child import hold_namespace
ready, tell = os.pipe()
parent = os.getpid()
if os.fork() == 0:
    hold_namespace(parent, tell)
os.read(ready, 1)
print("held", flush=True)
signal.pause()
"""


def test_who_holds_a_namespace_ends_with_a_helper_that_is_killed():
    """The daemon, which reads until nobody has the pipe any more, would wait for it for ever."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING], stdout=subprocess.PIPE, cwd=CHECKOUT
    ) as helper:
        assert helper.stdout is not None
        assert helper.stdout.readline() == b"held\n"
        helper.kill()
        assert helper.stdout.read() == b""
