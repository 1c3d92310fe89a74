"""A repository that came with a prebuild takes in what a fresh clone beside it has."""

import subprocess
from pathlib import Path

import pytest

from daemon.host.renew_child import work

PERSON = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


def git(folder: Path, *words: str) -> str:
    command = ["git", *PERSON, "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "file").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", text)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    host, top = tmp_path / "host", tmp_path / "tree"
    git(tmp_path, "init", "-q", "-b", "main", str(host))
    commit(host, "first")
    git(tmp_path, "clone", "-q", str(host), str(top / "demo"))
    commit(host, "second")
    git(host, "branch", "other")
    git(host, "tag", "v2")
    git(tmp_path, "clone", "-q", "--no-checkout", str(host), str(top / ".podium-clone"))
    (top / ".podium").mkdir()
    for name in ("checked-out", "init-1", "further.json"):
        (top / ".podium" / name).write_text("")
    return top


def renewed(tree: Path, undone: list[list[str]]) -> dict[str, object]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_ALLOW_PROTOCOL": "file"}
    return work(
        {
            "target_inside": str(tree),
            "folder": ".podium-clone",
            "environment": environment,
            "renew": {"folder": "demo", "url": "https://h.org/a/demo", "undone": undone},
        }
    )


def test_what_is_new_is_there_and_the_files_wait_for_the_checkout(tree: Path) -> None:
    (tree / "demo" / "built").write_text("by the prebuild")
    assert renewed(tree, [["init-"], ["checked-out"]]) == {}
    demo = tree / "demo"
    newer = git(demo, "rev-parse", "origin/main")
    assert git(demo, "show", f"{newer}:file") == "second"
    assert git(demo, "rev-parse", "origin/other", "v2^{commit}").split() == [newer, newer]
    assert git(demo, "config", "remote.origin.url") == "https://h.org/a/demo"
    assert ((demo / "file").read_text(), (demo / "built").exists()) == ("first", True)
    assert [one.name for one in (tree / ".podium").iterdir()] == ["further.json"]
    assert not (tree / ".podium-clone").exists()


def test_the_same_commit_leaves_what_was_done_done(tree: Path) -> None:
    renewed(tree, [[], []])
    assert len(list((tree / ".podium").iterdir())) == 3


def test_what_is_no_repository_is_of_no_use(tree: Path) -> None:
    (tree / "demo").rename(tree / "elsewhere")
    (tree / "demo").mkdir()
    with pytest.raises(RuntimeError, match="of no use"):
        renewed(tree, [[], []])


def test_hooks_that_came_with_it_do_not_run(tree: Path) -> None:
    hook = tree / "demo" / ".git" / "hooks" / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tree}/ran\n")
    hook.chmod(0o755)
    renewed(tree, [[], []])
    assert not (tree / "ran").exists()
