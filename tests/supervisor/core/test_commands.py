"""The checkout's git commands, and what they do in a real repository."""

import subprocess
from pathlib import Path

import pytest

from supervisor.core.commands import checkout_commands, linked, named, reason, uses_lfs
from wire.agent import Checkout


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=a@e.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone without a checkout, as the node hands it over."""
    origin, made = tmp_path / "origin", tmp_path / "clone"
    subprocess.run(["git", "init", "-q", "-b", "main", str(origin)], check=True)
    (origin / "a").write_text("a")
    git(origin, "add", "a")
    git(origin, "commit", "-qm", "First")
    git(origin, "branch", "feature/x")
    clone = ["git", "clone", "-q", "--no-checkout", str(origin), str(made)]
    subprocess.run(clone, check=True)
    return made


def check_out(clone: Path, branch: str) -> None:
    revision = git(clone, "rev-parse", "origin/main")
    for command in checkout_commands(Checkout(path=str(clone), revision=revision, branch=branch)):
        subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("branch", ["main", "feature/x"])
def test_a_branch_is_checked_out_with_its_upstream(clone, branch):
    check_out(clone, branch)
    assert (clone / "a").read_text() == "a"
    assert git(clone, "branch", "--show-current") == branch
    assert git(clone, "rev-parse", "--abbrev-ref", "@{upstream}") == f"origin/{branch}"
    assert git(clone, "status", "--porcelain") == ""


def test_a_commit_is_checked_out_detached(clone):
    check_out(clone, "")
    assert git(clone, "branch", "--show-current") == ""
    assert (clone / "a").exists()


def test_done_twice_it_is_the_same(clone):
    check_out(clone, "main")
    (clone / "a").unlink()
    check_out(clone, "main")
    assert (clone / "a").read_text() == "a"


def test_an_empty_repository_only_gets_its_branch_named(tmp_path):
    folder = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", "-b", "master", str(folder)], check=True)
    for command in checkout_commands(Checkout(path=str(folder), revision="", branch="trunk")):
        subprocess.run(command, check=True)
    assert git(folder, "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert checkout_commands(Checkout(path=str(folder), revision="", branch="")) == []


def test_nothing_of_the_repository_runs(clone):
    hook = clone / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {clone}/hooked\n")
    hook.chmod(0o755)
    check_out(clone, "main")
    assert not (clone / "hooked").exists()


def test_a_pull_requests_branch_follows_its_own_ref(clone):
    revision = git(clone, "rev-parse", "origin/main")
    merge = "refs/pull/7/head"
    wanted = Checkout(path=str(clone), revision=revision, branch="pull/7", merge=merge)
    for command in checkout_commands(wanted):
        subprocess.run(command, check=True, capture_output=True)
    assert git(clone, "config", "branch.pull/7.merge") == merge
    assert git(clone, "config", "branch.pull/7.remote") == "origin"
    assert "pull/7" not in git(clone, "branch", "--remotes")


def test_a_repository_that_uses_lfs_is_known_by_its_attributes(clone):
    check_out(clone, "main")
    assert subprocess.run(uses_lfs(str(clone)), check=False).returncode == 1
    (clone / "deep").mkdir()
    (clone / "deep" / ".gitattributes").write_text("*.bin filter=lfs\n")
    git(clone, "add", "-A")
    assert subprocess.run(uses_lfs(str(clone)), check=False).returncode == 0


def test_the_reason_is_gits_own_without_a_password():
    said = "Cloning into 'lib'...\nfatal: no https://ada:secret@h.org/lib\nfatal: no\nfatal: third"
    assert reason(said) == "fatal: no https://h.org/lib · fatal: no"
    assert reason("something\nelse\n") == "else"
    assert reason("") == ""


def test_who_guards_the_credentials_is_heard_first():
    said = (
        "Cloning into 'lib'...\nPodium: there is no token for h.org. Add one at https://p/s\n"
        "fatal: could not read Username for 'https://h.org': terminal prompts disabled\n"
        "fatal: clone of 'https://h.org/lib' into submodule path 'lib' failed\n"
    )
    assert reason(said).startswith("Podium: there is no token for h.org. Add one at ")
    said = (
        "fatal: Could not read\nroot@h.org: Permission denied (publickey).\nfatal: clone failed\n"
    )
    assert reason(said) == "root@h.org: Permission denied (publickey). · fatal: Could not read"
    assert reason("Host key verification failed.\nfatal: no\n").startswith("Host key verif")


def test_named_paths_are_read_beside_warnings():
    assert named("submodule.a.path\nlib\0submodule.b.path\nother lib\0") == ["lib", "other lib"]
    assert named("warning: x\nlib\0deep/er\0warning: y\n") == ["lib", "deep/er"]
    assert named("") == []
    there = "160000 1f 0\tlib\x00100644 1f 0\tplain\x00160000 1f 0\tother lib\0"
    assert linked(there) == ["lib", "other lib"]
