"""Further repositories, cloned with real git."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from supervisor.core.config import Repository
from supervisor.host.asking import Asking, NotGiven
from supervisor.host.further import DONE, Further
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.agentrepository import REPOSITORY_PATH, RepositoryAsked, RepositoryFound
from wire.phases import Condition

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
PERSON = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


class Server(Asking):
    """Knows which repository `https://h.org/<name>` is, with a branch behind a second slash."""

    def __init__(self, hosts: Path) -> None:
        super().__init__("", "")
        self._hosts = hosts

    async def ask(self, target: str, question: msgspec.Struct | None = None) -> bytes:
        assert target == REPOSITORY_PATH
        assert isinstance(question, RepositoryAsked)
        name, _slash, ref = question.url.removeprefix("https://h.org/").partition("/")
        if name == "refused":
            raise NotGiven(400, "The URL has no host.")
        if name == "garbage":
            return b"{"
        url = f"file://{self._hosts}/{name}"
        return msgspec.json.encode(RepositoryFound(url=url, ref=ref, folder=name))


class Bench:
    """A workspace's root with an opened repository on `feature/x`; counts what is told."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.hosts, self.root = folder / "hosts", folder / "workspace"
        self.told: list[dict[str, str]] = []
        self.said: list[bytes] = []
        reaper = Reaper()
        reaper.install()
        self.all = Further(
            reaper,
            account,
            Server(self.hosts),
            lambda: self.told.append(self.all.conditions),
            self.said.append,
            root=str(self.root),
            protocols="file",
        )
        self.opened = self.make(self.root / "demo", "feature/x")

    def make(self, path: Path, *branches: str) -> Path:
        path.mkdir(parents=True)
        self.git(path, "init", "-q", "-b", "main")
        self.git(path, "commit", "-q", "--allow-empty", "-m", "First")
        for one in branches:
            self.git(path, "switch", "-qc", one)
        return path

    def git(self, path: Path, *words: str) -> str:
        command = ["git", *PERSON, "-C", str(path), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    async def clone(self, *repositories: tuple[str, str]) -> None:
        asked = [Repository(url=f"https://h.org/{url}", location=at) for url, at in repositories]
        await self.all.clone(asked, str(self.opened), ENVIRONMENT)

    def head(self, place: str) -> str:
        return self.git(self.root / place, "rev-parse", "--abbrev-ref", "HEAD")


@pytest.fixture
async def bench(tmp_path: Path, account: Account) -> Bench:
    return Bench(tmp_path, account)


async def test_each_is_cloned_beside_the_opened_one(bench: Bench):
    bench.git(bench.make(bench.hosts / "lib", "feature/x"), "switch", "-q", "main")
    docs = bench.make(bench.hosts / "docs")
    bench.git(docs, "tag", "v1")
    await bench.clone(("lib", ""), ("docs", "deep/er/docs"), ("docs/v1", "tagged"))
    assert bench.head("lib") == "feature/x"
    assert bench.head("deep/er/docs") == "main"
    assert bench.head("tagged") == "HEAD"
    assert bench.all.conditions == {}
    assert bench.all.places == [f"{bench.root}/{one}" for one in ("lib", "deep/er/docs", "tagged")]
    assert Condition.FILES_ARRIVING in bench.told[0]
    assert not (bench.root / ".podium" / "clones").exists()


async def test_a_commit_and_a_pull_request_are_checked_out(bench: Bench):
    lib = bench.make(bench.hosts / "lib")
    first = bench.git(lib, "rev-parse", "HEAD")
    bench.git(lib, "commit", "-q", "--allow-empty", "-m", "Offered")
    bench.git(lib, "update-ref", "refs/pull/7/head", "HEAD")
    bench.git(lib, "reset", "-q", "--hard", first)
    await bench.clone((f"lib/{first}", "then"), ("lib/refs/pull/7/head", "offered"))
    assert bench.git(bench.root / "then", "rev-parse", "HEAD") == first
    assert bench.head("offered") == "pull/7"
    assert bench.git(bench.root / "offered", "log", "-1", "--format=%s") == "Offered"


async def test_one_that_fails_stops_nothing_and_is_tried_again(bench: Bench):
    bench.make(bench.hosts / "lib")
    await bench.clone(
        ("gone", ""),
        ("lib", ""),
        ("lib/nothing", "b"),
        ("refused", ""),
        ("garbage", ""),
        ("lib", "../x"),
        ("lib", "demo"),
    )
    assert bench.head("lib") == "main"
    told = bench.all.conditions[Condition.REPOSITORIES_FAILED]
    for why in ("does not appear", "no branch or tag nothing", "has no host", "not understood"):
        assert why in told
    assert "../x is no folder for it" in told
    assert "demo is there already" in told
    bench.make(bench.hosts / "gone")
    await bench.clone(("gone", ""), ("lib", ""))
    assert bench.head("gone") == "main"
    assert bench.all.conditions == {}


async def test_what_is_done_is_the_persons_from_then_on(bench: Bench):
    bench.make(bench.hosts / "lib")
    await bench.clone(("lib", ""))
    (bench.root / "lib").rename(bench.root / "renamed")
    await bench.clone(("lib", ""))
    assert not (bench.root / "lib").exists()
    # killed between the move and the note: found in its place
    (bench.root / "renamed").rename(bench.root / "lib")
    (bench.root / DONE).unlink()
    await bench.clone(("lib", ""))
    assert bench.all.conditions == {}
    (bench.root / DONE).write_text("nonsense")
    assert bench.all._done() == []


async def test_submodules_of_one_come_as_well_or_are_told(bench: Bench):
    lib = bench.make(bench.hosts / "lib")
    part = bench.make(bench.hosts / "part")
    bench.git(lib, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "part")
    bench.git(lib, "commit", "-qm", "Part")
    await bench.clone(("lib", ""))
    assert (bench.root / "lib" / "part" / ".git").exists()
    part.rename(bench.hosts / "moved")
    await bench.clone(("lib", "again"))
    assert bench.all.conditions == {}
    assert any(b"Submodules of" in one for one in bench.said)


async def test_without_any_nothing_is_told(bench: Bench):
    await bench.clone()
    assert bench.told == []
    bench.git(bench.opened, "switch", "-q", "--detach")
    assert await bench.all._branch(str(bench.opened), ENVIRONMENT) == ""
    assert await bench.all._branch(str(bench.root / "none"), {"PATH": "/none"}) == ""
