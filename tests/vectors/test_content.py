"""O: git status and initialisers, as Gitpod Classic's own tests have them."""

import os
import subprocess
from pathlib import Path

import pytest

from daemon.host.downloads import DownloadFailed
from supervisor.core.gitstate import Names, Porcelain, quiet
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.repositories import Repositories
from tests.daemon.filehost import files_host, get
from tests.supervisor.host.test_further import Bench
from wire.git import GitState

ROWS = {"O1", "O3", "O5", "O7", "O9", "O19", "O21", "O23"}
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
PERSON = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
PATHS = [
    *(".gitpod.yml", "components/bob/BUILD.yaml", "components/content-service/go.mod"),
    *("components/content-service/go.sum", "components/ws-sync/go.mod", "components/ws-sync/a"),
    *("components/ws-sync/b", "components/ws-sync/c", "d", "e e", "f"),
]


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")


class Tree:
    """A clone whose first commit is pushed, unless it is to have none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "demo"
        self.git("init", "-q", "--initial-branch=main", str(self.path), below=folder)

    def git(self, *words: str, below: Path | None = None) -> None:
        place = str(below or self.path)
        subprocess.run(["git", *PERSON, "-C", place, *words], check=True, capture_output=True)

    def commit(self, name: str) -> None:
        (self.path / name).write_text("")
        self.git("add", name)
        self.git("commit", "-qm", f"Add {name}")

    def push(self) -> None:
        host = self.folder / "host"
        self.git("init", "-q", "--bare", str(host), below=self.folder)
        self.git("remote", "add", "origin", str(host))
        self.git("push", "-qu", "origin", "main")

    async def state(self, account: Account) -> GitState:
        reaper = Reaper()
        reaper.install()
        looking = Repositories(reaper, account, lambda: None, root=str(self.folder))
        return await looking._look(str(self.path), "", quiet(ENVIRONMENT), 60.0)


def test_o1_branch_and_files_in_their_order() -> None:
    oid = "e48df2" + "0" * 34
    lines = [f"# branch.oid {oid}", "# branch.head cw/git-status"]
    lines += [f"1 .M N... 100644 100644 100644 {oid} {oid} {one}" for one in PATHS]
    found = Porcelain()
    found.feed("\0".join([*lines, "? ../../../../foo", ""]).encode())
    state = found.state("", Names(), 0)
    assert (state.commit, state.branch) == (oid, "cw/git-status")
    assert (state.uncommitted_files, state.uncommitted) == (PATHS, 11)
    assert state.untracked_files == ["../../../../foo"]


async def test_o3_a_repository_without_commits(tmp_path: Path, account: Account) -> None:
    state = await Tree(tmp_path).state(account)
    assert state == GitState(folder="demo", branch="main")
    fresh = Porcelain()
    fresh.feed(b"# branch.oid (initial)\0")
    assert (fresh.about["branch.oid"], fresh.commit) == ("(initial)", "")


async def test_o5_a_new_file_is_untracked(tmp_path: Path, account: Account) -> None:
    tree = Tree(tmp_path)
    tree.commit("first-file")
    (tree.path / "another-file").write_text("")
    state = await tree.state(account)
    assert (state.untracked_files, state.untracked, state.uncommitted) == (["another-file"], 1, 0)


async def test_o7_a_commit_that_is_not_pushed(tmp_path: Path, account: Account) -> None:
    tree = Tree(tmp_path)
    tree.commit("first-file")
    tree.push()
    tree.commit("second-file")
    state = await tree.state(account)
    assert state.unpushed == 1
    assert [one.partition(": ")[2] for one in state.unpushed_commits] == ["Add second-file"]


async def test_o9_a_nested_new_file_has_its_whole_path(tmp_path: Path, account: Account) -> None:
    tree = Tree(tmp_path)
    deep = tree.path / "this" / "is" / "a" / "nested" / "test"
    deep.mkdir(parents=True)
    (deep / "first-file").write_text("")
    assert (await tree.state(account)).untracked_files == ["this/is/a/nested/test/first-file"]


async def test_o19_several_are_made_once_and_in_their_order(
    tmp_path: Path, account: Account
) -> None:
    bench = Bench(tmp_path, account)
    for name in ("c", "a", "b"):
        bench.make(bench.hosts / name)
    for _ in range(2):
        await bench.clone(("c", ""), ("a", ""), ("b", ""))
    told = [next(iter(one.values())) for one in bench.told if one]
    assert [one.split()[0].rpartition("/")[2] for one in told[:3]] == ["c", "a", "b"]
    clones = [one for one in bench.said if b"Cloning into" in one]
    assert len(clones) == 3
    assert bench.all.conditions == {}


def test_o21_files_are_placed_in_nested_folders(tmp_path: Path) -> None:
    with files_host() as served:
        get(served, tmp_path, "/a", "/b", place="some/nested/{}")
    assert sorted(one.name for one in (tmp_path / "some" / "nested").iterdir()) == ["a", "b"]


def test_o23_what_is_not_there_is_told(tmp_path: Path) -> None:
    failed = pytest.raises(DownloadFailed, match="non-OK download response: Not Found")
    with files_host() as served, failed:
        get(served, tmp_path, "/missing")
