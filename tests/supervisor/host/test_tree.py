"""The files of a repository: what comes after the checkout, and what is said when it does not."""

import os
import subprocess
from pathlib import Path

import pytest

from supervisor.host.checkout import already_done
from supervisor.host.reaper import Reaper
from supervisor.host.tree import Tree
from tests.githost import GitHost
from tests.supervisor.samples import wish
from wire.agent import Checkout, Desired
from wire.phases import Condition, StepState


@pytest.fixture
def githost(tmp_path):
    folder = tmp_path / "git"
    folder.mkdir()
    with GitHost(folder) as host:
        yield host


@pytest.fixture
def world(tmp_path, account, githost):
    return World(tmp_path, account, githost)


class World:
    """A workspace's folder, as the node hands it over, and its supervisor's view of it."""

    def __init__(self, folder: Path, account, githost: GitHost) -> None:
        self.folder = folder
        self.account = account
        self.githost = githost
        self.told: list[dict[str, str]] = []
        self.tree = self.another()
        (folder / "home").mkdir()

    def another(self) -> Tree:
        """The tree as the next start sees it."""
        self.reaper = Reaper()
        made = Tree(
            self.reaper,
            self.account,
            lambda: self.told.append(dict(made.conditions)),
            marker=self.marker,
            say=lambda _said: None,
        )
        self.tree = made
        return made

    @property
    def marker(self) -> str:
        return str(self.folder / "state" / "checked-out")

    @property
    def files(self) -> Path:
        return self.folder / "clone"

    def wanted(self, name: str) -> Desired:
        url = self.githost.url(name)
        if not self.files.exists():
            subprocess.run(["git", "clone", "-qn", url, str(self.files)], check=True)
        command = ["git", "-C", str(self.files), "rev-parse", "origin/main"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        wanted = Checkout(path=str(self.files), revision=done.stdout.strip(), branch="main")
        if self.tree.report.state is StepState.WAITING and already_done(self.marker):
            return wish(checkout=None, git_name="", repository=str(self.files))
        return wish(checkout=wanted, git_name="")

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "LC_ALL": "C"}

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.files), *words], check=True)

    async def open(self, name: str) -> None:
        self.reaper.install()
        wanted, environment = self.wanted(name), self.environment
        await self.tree.check_out(wanted, environment)
        assert self.tree.report.state is StepState.DONE, self.tree.report
        await self.tree.complete(wanted, environment)
        assert self.tree.whole


def with_submodule(githost: GitHost, address: str) -> None:
    githost.make("outer")
    githost.add_submodule("outer", "lib", address, githost.make("lib"))
    githost.push("outer")


async def test_submodules_are_there(world):
    with_submodule(world.githost, "../lib.git")
    await world.open("outer")
    assert world.tree.conditions == {}
    assert (world.files / "lib" / "README.md").read_text() == "# lib\n"
    assert any(Condition.FILES_ARRIVING in one for one in world.told)
    assert sorted(one.name for one in (world.folder / "state").iterdir()) == ["checked-out"]


async def test_a_submodule_that_fails_is_told_and_tried_again_by_the_next_start(world):
    with_submodule(world.githost, "../lib.git")
    world.githost.take_away("lib")
    await world.open("outer")
    told = world.tree.conditions[Condition.SUBMODULES_FAILED]
    assert "lib.git/' not found" in told
    assert "Run `git submodule update --init --recursive`, or start again." in told
    assert (world.files / "README.md").exists()
    (world.githost.folder / "lib.gone").rename(world.githost.folder / "lib.git")
    world.another()
    await world.open("outer")
    assert world.tree.conditions == {}
    assert (world.files / "lib" / "README.md").exists()


async def test_one_submodule_that_fails_does_not_take_the_others_with_it(world):
    host = world.githost
    host.make("outer")
    host.make("lib")
    for path, address in (
        ("a", "../lib.git"),
        ("gone", "../nowhere.git"),
        ("guarded", host.url("lib", "private")),
        ("z z", "../lib.git"),
    ):
        host.add_submodule("outer", path, address, host.git("lib", "rev-parse", "HEAD"))
    host.push("outer")
    await world.open("outer")
    told = world.tree.conditions[Condition.SUBMODULES_FAILED]
    assert "gone: fatal: repository" in told
    assert "; guarded: fatal: could not read Username" in told
    assert "a: " not in told.replace("fata", "")
    for path in ("a", "z z"):
        assert (world.files / path / "README.md").exists()
    assert Condition.LFS_FAILED not in world.tree.conditions


@pytest.mark.parametrize("text", ["", '[submodule "x"]\n\tpath = x\n\turl = ../gone.git\n'])
async def test_a_submodule_that_was_removed_is_not_missed(world, text):
    world.githost.make("outer")
    (world.githost.work("outer") / ".gitmodules").write_text(text)
    world.githost.commit("outer", "Removed")
    world.githost.push("outer")
    await world.open("outer")
    assert world.tree.conditions == {}


async def test_a_file_that_names_submodules_and_cannot_be_read_is_told(world):
    world.githost.make("outer")
    (world.githost.work("outer") / ".gitmodules").write_text("[submodule\n")
    world.githost.commit("outer", "Broken")
    world.githost.push("outer")
    await world.open("outer")
    assert ".gitmodules: fatal: bad config" in world.tree.conditions[Condition.SUBMODULES_FAILED]


async def test_a_submodule_that_was_only_cloned_is_checked_out_by_the_next_start(world):
    with_submodule(world.githost, "../lib.git")
    world.githost.take_away("lib")
    await world.open("outer")
    (world.githost.folder / "lib.gone").rename(world.githost.folder / "lib.git")
    world.git("submodule", "update", "--init")
    for one in (world.files / "lib" / "README.md", world.files / ".git/modules/lib/index"):
        one.unlink()
    world.another()
    await world.open("outer")
    assert (world.files / "lib" / "README.md").exists()
    assert world.tree.conditions == {}


async def test_large_files_of_a_submodule_are_told_and_its_code_is_there(world):
    host = world.githost
    host.make("lib")
    host.add_large("lib", "a.bin", b"large", kept=False)
    host.push("lib")
    host.make("outer")
    host.add_submodule("outer", "lib", "../lib.git", host.git("lib", "rev-parse", "HEAD"))
    host.push("outer")
    await world.open("outer")
    assert list(world.tree.conditions) == [Condition.LFS_FAILED]
    told = world.tree.conditions[Condition.LFS_FAILED]
    assert told.startswith("Large files (Git LFS) could not be fetched: lib: ")
    assert "Run `git submodule foreach --recursive git lfs pull`" in told
    assert (world.files / "lib" / "README.md").exists()


@pytest.mark.parametrize(
    "address",
    ["ext::sh -c touch% {pwned}", "--upload-pack=touch {pwned}", "file:///etc", "-u./x", "ext::id"],
)
async def test_a_submodules_address_runs_nothing(world, address):
    pwned = world.folder / "pwned"
    with_submodule(world.githost, address.format(pwned=pwned))
    await world.open("outer")
    assert Condition.SUBMODULES_FAILED in world.tree.conditions
    assert not pwned.exists()


async def test_large_files_that_cannot_be_had_are_told(world):
    world.githost.make("large")
    world.githost.add_large("large", "a.bin", b"large", kept=False)
    world.githost.push("large")
    await world.open("large")
    told = world.tree.conditions[Condition.LFS_FAILED]
    assert told.startswith("Large files (Git LFS) could not be fetched: ")
    assert "Run `git lfs pull`, or start again." in told
    assert (world.files / "a.bin").read_text().startswith("version https://git-lfs")


async def test_nothing_is_asked_for_that_is_not_needed(world):
    world.githost.make("plain")
    await world.open("plain")
    assert world.told == [{}, {}]


async def test_names_that_mean_harm_are_checked_out_as_names(world):
    world.githost.make("odd")
    work = world.githost.work("odd")
    names = [b"n" * 255, b"\xff\xfe", b"Readme", b"README", b"line\nbreak", b"$(touch pwned)"]
    for name in names:
        (work / os.fsdecode(name)).write_text("x")
    (work / "way-out").symlink_to("../../../../etc/passwd")
    world.githost.commit("odd", "Odd")
    world.githost.push("odd")
    await world.open("odd")
    there = {os.fsencode(one.name) for one in world.files.iterdir()}
    assert {*names, b"way-out"} <= there
    assert str((world.files / "way-out").readlink()) == "../../../../etc/passwd"


@pytest.mark.parametrize("name", [".GIT", ".git", "git~1"])
async def test_a_tree_that_reaches_for_git_is_refused_and_the_workspace_opens(world, name):
    bare = world.githost.make_empty("evil", "main")
    git = ["git", "-C", str(bare), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]

    def run(given: str, *words: str) -> str:
        done = subprocess.run(
            [*git, *words], input=given, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    blob = run("#!/bin/sh\ntouch /tmp/pwned\n", "hash-object", "-w", "--stdin")
    hooks = run(f"100755 blob {blob}\tpost-checkout\n", "mktree")
    inner = run(f"040000 tree {hooks}\thooks\n", "mktree")
    raw = run(f"040000 tree {inner}\t{name}\n", "mktree", "--missing")
    run("", "update-ref", "refs/heads/main", run("", "commit-tree", "-m", "Evil", raw))
    wanted = world.wanted("evil")
    world.reaper.install()
    await world.tree.check_out(wanted, world.environment)
    report = world.tree.report
    assert (report.state, report.code) == (StepState.FAILED, Condition.CHECKOUT_FAILED)
    assert not (world.files / ".git" / "hooks" / "post-checkout").exists()
    await world.tree.complete(wanted, world.environment)
    assert world.tree.whole
