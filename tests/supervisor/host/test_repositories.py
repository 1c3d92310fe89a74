"""The repositories of a workspace, looked at with real git."""

import os
import subprocess
from pathlib import Path

import pytest

from kit.tasks import Tasks
from supervisor.core.gitstate import PROGRAMS
from supervisor.host import repositories
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.repositories import Repositories
from tests.waiting import until
from wire.git import GitState

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_DIR": "/nowhere",
}
PERSON = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


class Bench:
    """Repositories below a folder; counts what is told."""

    def __init__(self, folder: Path, account: Account, **options: float) -> None:
        self.folder, self.told, self.ending = folder, 0, False
        reaper = Reaper()
        reaper.install()
        self.all = Repositories(
            reaper,
            account,
            self.changed,
            ending=lambda: self.ending,
            root=str(folder),
            first=0.0,
            **{"stamps_every": 0.01, "rest": 0.0, **options},  # type: ignore[arg-type] # one an int
        )

    def changed(self) -> None:
        self.told += 1

    def git(self, name: str, *words: str) -> str:
        command = ["git", *PERSON, "-C", str(self.folder / name), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def clone(self, name: str) -> Path:
        """Make a clone whose only commit is pushed."""
        (self.folder / ".hosts" / name).mkdir(parents=True)
        self.git(f".hosts/{name}", "init", "-q", "--bare", "-b", "main")
        path = self.folder / name
        path.mkdir()
        self.git(name, "init", "-q", "-b", "main")
        (path / "a").write_text("a")
        self.git(name, "add", "a")
        self.git(name, "commit", "-qm", "First")
        self.git(name, "remote", "add", "origin", str(self.folder / ".hosts" / name))
        self.git(name, "push", "-qu", "origin", "main")
        return path

    def follow(self, tasks: Tasks, pushed: str = "") -> None:
        tasks.spawn(self.all.follow(str(self.folder / "demo"), pushed, ENVIRONMENT), "git")

    async def look(self, name: str, pushed: str = "") -> GitState:
        self.all._opened = str(self.folder / name)
        found = await self.all._look_at_all(pushed, repositories.quiet(ENVIRONMENT), 60.0)
        return found[0]


@pytest.fixture
async def bench(tmp_path: Path, account: Account) -> Bench:
    return Bench(tmp_path, account)


async def test_what_is_only_here_is_told_by_name(bench: Bench):
    path = bench.clone("demo")
    (path / "a").write_text("b")
    (path / "deep" / "er").mkdir(parents=True)
    (path / "deep" / "er" / "new").write_text("")
    bench.git("demo", "commit", "-q", "--allow-empty", "-m", "Second")
    bench.git("demo", "branch", "-q", "other")
    found = await bench.look("demo")
    short = bench.git("demo", "rev-parse", "--short", "HEAD")
    assert found == GitState(
        folder="demo",
        branch="main",
        commit=bench.git("demo", "rev-parse", "HEAD"),
        upstream="origin/main",
        ahead=1,
        uncommitted=1,
        untracked=1,
        unpushed=1,
        uncommitted_files=["a"],
        untracked_files=["deep/er/new"],
        unpushed_commits=[f"{short}: Second"],
    )


async def test_work_on_any_branch_and_on_none_counts(bench: Bench):
    bench.clone("demo")
    bench.git("demo", "switch", "-qc", "feature/x")
    bench.git("demo", "commit", "-q", "--allow-empty", "-m", "Elsewhere")
    bench.git("demo", "switch", "-q", "--detach", "main")
    bench.git("demo", "commit", "-q", "--allow-empty", "-m", "Nowhere")
    found = await bench.look("demo")
    assert (found.branch, found.unpushed) == ("", 2)
    head = bench.git("demo", "rev-parse", "HEAD")
    assert (await bench.look("demo", pushed=head)).unpushed == 1
    assert (await bench.look("demo", pushed="0" * 40)).unpushed == 2  # long collected


async def test_many_commits_are_counted(tmp_path: Path, account: Account):
    bench = Bench(tmp_path, account, most_names=2)
    bench.clone("demo")
    for number in range(3):
        bench.git("demo", "commit", "-q", "--allow-empty", "-m", str(number))
    assert (await bench.look("demo")).unpushed == 3


async def test_every_repository_is_found_the_opened_one_first(bench: Bench):
    for name in ("zebra", "demo", "apple"):
        bench.clone(name)
    (bench.folder / "link").symlink_to(bench.folder / "apple")
    (bench.folder / "plain").mkdir()
    bench.all._opened = str(bench.folder / "zebra")
    assert [Path(one).name for one in bench.all.paths()] == ["zebra", "apple", "demo"]
    bench.all._tell(await bench.all._look_at_all("", repositories.quiet(ENVIRONMENT), 60.0))
    opened, others = bench.all.told()
    assert opened is not None
    assert (opened.folder, [one.folder for one in others]) == ("zebra", ["apple", "demo"])


async def test_a_repository_that_is_no_more_or_never_was(bench: Bench, tmp_path: Path):
    assert bench.all.told() == (None, [])
    path = bench.clone("demo")
    bench.all._tell([await bench.look("demo")])
    (path / ".git").rename(path / "gone")
    assert (await bench.look("demo")).unknown == "its .git is gone"
    (path / ".git").write_text("nonsense")
    broken = await bench.look("demo")
    assert broken.commit == bench.all.states[0].commit  # as it was seen
    assert broken.unknown.startswith("fatal: ")


async def test_a_hostile_configuration_runs_nothing(bench: Bench):
    path = bench.clone("demo")
    marker = bench.folder / "ran"
    script = bench.folder / "script"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "core.askPass"):
        bench.git("demo", "config", name, str(script))
    bench.git("demo", "config", "log.showSignature", "true")
    bench.git("demo", "config", "core.hooksPath", str(bench.folder))
    bench.git("demo", "config", "status.showUntrackedFiles", "no")
    (bench.folder / "post-index-change").symlink_to(script)
    (path / "new").write_text("")
    os.utime(path / "a", (1, 1))
    before = (path / ".git" / "index").stat().st_mtime_ns
    found = await bench.look("demo")
    assert (found.untracked, found.uncommitted, found.unknown) == (1, 0, "")
    assert not marker.exists()
    assert (path / ".git" / "index").stat().st_mtime_ns == before


async def test_a_commit_is_seen_soon_and_a_quiet_tree_costs_nothing(bench: Bench):
    bench.clone("demo")
    tasks = Tasks()
    bench.follow(tasks)
    try:
        await until(lambda: bench.all.states)
        bench.git("demo", "commit", "-q", "--allow-empty", "-m", "Second")
        await until(lambda: bench.all.states[0].unpushed == 1)
        bench.git("demo", "push", "-q")
        await until(lambda: bench.all.states[0].unpushed == 0)
        assert bench.all.told()[0] == bench.all.states[0]
        assert bench.told >= 3
    finally:
        await tasks.close()


async def test_while_it_ends_only_the_last_look_counts(bench: Bench):
    path = bench.clone("demo")
    await bench.all.last("", ENVIRONMENT)
    assert bench.told == 0  # it was never looked at
    tasks = Tasks()
    bench.follow(tasks)
    await until(lambda: bench.all.states)
    await tasks.close()
    bench.ending = True
    (path / "new").write_text("")
    await bench.all.last("", ENVIRONMENT)
    assert (bench.all.states[0].untracked, bench.told) == (1, 2)
    bench.all._took = 5.0
    (path / "newer").write_text("")
    await bench.all.last("", ENVIRONMENT)
    assert bench.told == 2


async def test_an_image_without_git(bench: Bench):
    bench.clone("demo")
    bench.all._opened = str(bench.folder / "demo")
    found = await bench.all._look_at_all("", {"PATH": "/nonexistent"}, 60.0)
    assert found[0].unknown == "git cannot be started: No such file or directory"


async def test_submodules_with_work_of_their_own_are_told(bench: Bench):
    bench.clone("part")
    bench.clone("demo")
    source = str(bench.folder / ".hosts" / "part")
    bench.git("demo", "-c", "protocol.file.allow=always", "submodule", "add", "-q", source, "part")
    bench.git("demo", "commit", "-qm", "Part")
    bench.git("demo", "push", "-q")
    assert [one.folder for one in await looked(bench)] == ["demo", "part"]
    bench.git("demo/part", "commit", "-q", "--allow-empty", "-m", "Inner")
    bench.git("demo", "commit", "-qam", "Newer part")
    bench.git("demo", "push", "-q")
    demo, part, _ = await looked(bench)
    assert (demo.uncommitted, demo.unpushed) == (0, 0)
    assert (part.folder, part.unpushed) == ("demo/part", 1)


async def looked(bench: Bench) -> list[GitState]:
    bench.all._opened = str(bench.folder / "demo")
    return await bench.all._look_at_all("", repositories.quiet(ENVIRONMENT), 60.0)


async def test_programs_that_an_untrusted_repository_names_do_not_run(bench: Bench):
    path = bench.clone("demo")
    ran = bench.folder / "ran"
    (path / ".gitattributes").write_text("a filter=theirs\n")
    bench.git("demo", "config", "filter.theirs.clean", f"touch {ran}; cat")
    (path / "a").write_text("b")
    bench.all.careful = True
    found = await bench.look("demo")
    assert found.unknown == PROGRAMS
    assert not ran.exists()
    bench.all.careful = False
    assert (await bench.look("demo")).uncommitted == 1
    assert ran.exists()


async def test_an_untrusted_repository_without_any_is_looked_at(bench: Bench):
    path = bench.clone("demo")
    bench.git("demo", "config", "filter.lfs.clean", "git-lfs clean -- %f")
    (path / "a").write_text("b")
    bench.all.careful = True
    found = await bench.look("demo")
    assert (found.uncommitted, found.unknown) == (1, "")
