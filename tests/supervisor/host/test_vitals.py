"""What pages show of a workspace while it runs, measured here."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from kit.tasks import Tasks
from supervisor.host import strain, vitals
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminals import Terminals
from supervisor.host.vitals import Vitals
from tests.waiting import until

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


class Bench:
    """One `Vitals` over a folder that stands for the cgroup; counts what is told."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder, self.told = folder, 0
        self.proc = folder / "proc"  # terminals of this machine are others' tests'
        self.proc.mkdir(exist_ok=True)
        self.reaper = Reaper()
        self.reaper.install()
        self.terminals = Terminals(self.reaper, account, lambda: None)
        self.memory(1 << 20)
        self.vitals = Vitals(
            self.reaper,
            account,
            self.terminals,
            self.changed,
            log=str(folder / "ide.log"),
            kept=str(folder),
            root=str(folder),
            first=0.0,
            every=0.01,
            proc=str(self.proc),
        )

    def changed(self) -> None:
        self.vitals.told()
        self.told += 1

    def memory(self, size: int) -> None:
        (self.folder / "memory.current").write_text(str(size))


@pytest.fixture
async def bench(tmp_path: Path, account: Account) -> Bench:
    return Bench(tmp_path, account)


async def test_it_tells_when_somebody_would_see_a_difference(bench: Bench):
    bench.vitals.look({})
    assert bench.told == 1
    bench.vitals.look({})
    assert bench.told == 1
    bench.memory(1 << 30)
    bench.vitals.look({})
    assert bench.told == 2
    usage = bench.vitals.told()["usage"]
    assert usage is not None
    assert usage.memory == 1 << 30


async def test_the_log_has_tasks_and_the_ide(bench: Bench):
    opened = bench.terminals.open("task-1", "/", ENVIRONMENT, ["/bin/echo", "built"])
    assert opened is not None
    await until(lambda: opened.closed)
    (bench.folder / "ide.log").write_text("Extension host agent started.\n")
    bench.vitals.say("checkout", b"Switched to branch 'main'")
    bench.vitals.look({"task-1": "Build"})
    lines = [(one.source, one.text) for one in bench.vitals.told()["said"]]
    assert lines == [
        ("checkout", "Switched to branch 'main'"),
        ("Build", "built"),
        ("ide", "Extension host agent started."),
    ]
    bench.vitals.look({"task-1": "Build"})
    assert len(bench.vitals.told()["said"]) == 3
    (bench.folder / "ide.log").write_text("anew\n")  # a new start begins it anew
    bench.vitals.look({})
    assert bench.vitals.told()["said"][-1].text == "anew"


async def test_what_cannot_be_counted_is_not_known(bench: Bench):
    assert await bench.vitals._output(["/nonexistent/program"], ENVIRONMENT) is None


async def test_the_disk_is_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    (bench.folder / "big").write_bytes(b"x" * 300_000)
    tasks = Tasks()
    tasks.spawn(bench.vitals.follow_disk(ENVIRONMENT), "disk")
    try:
        await until(lambda: bench.vitals._disk >= 300_000)
        bench.vitals.look({})
        usage = bench.vitals.told()["usage"]
        assert usage is not None
        assert usage.disk >= 300_000
        assert usage.disk_limit == 0
    finally:
        await tasks.close()


def test_a_disk_of_which_all_is_kept_back_is_still_its_own(bench: Bench, monkeypatch):
    monkeypatch.setattr(vitals, "held_back", lambda: 5 << 30)
    monkeypatch.setattr(vitals, "_disk", lambda: (4 << 30, 0))
    bench.vitals._own_disk = True
    bench.vitals.look({})
    usage = bench.vitals.told()["usage"]
    assert usage is not None
    assert (usage.disk_limit, usage.disk_free) == (1, 0)
    assert bench.vitals.strain.level == 95


async def test_it_looks_every_few_seconds(bench: Bench):
    tasks = Tasks()
    tasks.spawn(bench.vitals.run(dict), "vitals")
    try:
        await until(lambda: bench.told)
    finally:
        await tasks.close()


async def test_the_day_goes_on_over_another_start(
    bench: Bench, account: Account, tmp_path: Path, monkeypatch
):
    clock = [1000.0]
    faked = SimpleNamespace(monotonic=lambda: clock[0], time=lambda: 1e9 + clock[0])
    monkeypatch.setattr(strain, "time", faked)

    def minute() -> bool:
        clock[0] += 60
        return (tmp_path / "day").exists()

    tasks = Tasks()
    tasks.spawn(bench.vitals.run(dict), "vitals")
    await until(minute, timeout=10)
    await tasks.close()
    before = bench.vitals.strain.day
    other = Bench(tmp_path, account)
    tasks.spawn(other.vitals.run(dict), "vitals")
    day = await until(lambda: other.vitals.strain.day, timeout=10)
    await tasks.close()
    assert day.memory[: len(before.memory)] == before.memory


def test_a_disk_of_its_own_is_seen_by_what_is_mounted(tmp_path: Path):
    mounts = tmp_path / "mountinfo"
    shared = "30 20 254:0 /x /workspace rw,nosuid - ext4 /dev/vda rw"
    own = "30 20 7:3 /workspace /workspace rw,nosuid - ext4 /dev/loop3 rw,discard"
    mounts.write_text(f"{shared}\n")
    assert not vitals.own_disk(str(mounts))
    mounts.write_text(f"{own}\n")
    assert vitals.own_disk(str(mounts))
    home = "31 20 7:3 /home /home/gitpod rw,nosuid - ext4 /dev/loop3 rw,discard"
    mounts.write_text(f"30 20 0:50 / /workspace rw - overlay overlay rw,lowerdir=a\n{home}\n")
    assert vitals.own_disk(str(mounts))
    mounts.write_text(own.replace(" /workspace /workspace", " /content/x/workspace /workspace"))
    assert not vitals.own_disk(str(mounts))
    assert not vitals.own_disk(str(tmp_path / "none"))
