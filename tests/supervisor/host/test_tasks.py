"""Tasks in real terminals."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from supervisor.core import startup
from supervisor.core.config import Config, Task
from supervisor.core.login import HANGS
from supervisor.host.reaper import Reaper
from supervisor.host.tasks import Tasks
from supervisor.host.terminals import Terminals
from tests.waiting import until
from wire.agent import TaskState
from wire.phases import Condition

PATIENCE = 0.5
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}


class World:
    """Tasks, and everything they were told of."""

    def __init__(self, account, folder) -> None:
        reaper = Reaper()
        reaper.install()
        self.folder = folder
        self.changes = 0
        self.terminals = Terminals(reaper, account, self.changed)
        self.tasks = Tasks(
            self.terminals,
            account,
            self.changed,
            folder=str(folder / "run"),
            kept=str(folder / "kept"),
            patience=PATIENCE,
        )

    def changed(self) -> None:
        self.changes += 1

    def start(self, *tasks: Task, headless: bool = False) -> None:
        config = Config(name=".gitpod.yml", tasks=list(tasks))
        environment = {**ENVIRONMENT, "HOME": str(self.folder / "home")}
        self.tasks.start(config, "/", environment, headless=headless)

    def startup_files(self, text: str) -> None:
        (self.folder / "home").mkdir()
        (self.folder / "home" / ".bash_profile").write_text(text)

    def said(self) -> bytes:
        terminal = self.terminals.get("task-1")
        assert terminal is not None
        return terminal.history.since(0)[1]

    def states(self) -> list[tuple[str, int]]:
        return [(one.state.value, one.exit_code) for one in self.tasks.reports()]


@pytest.fixture
async def world(account, tmp_path) -> AsyncIterator[World]:
    made = World(account, tmp_path)
    yield made
    for one in made.terminals.alive:
        one.running.signal_group(signal.SIGKILL)
        await one.running.exited


async def test_each_runs_in_a_terminal_of_its_own_and_its_end_is_told(world):
    world.start(Task(name="well", command="true"), Task(name="badly", command="(exit 4)"))
    assert [one.id for one in world.tasks.reports()] == ["task-1", "task-2"]
    await world.tasks.follow()
    assert world.states() == [("done", 0), ("failed", 4)]
    assert all(one.open for one in world.tasks.reports())
    assert world.changes >= 5


async def test_one_that_runs_on_is_running_until_it_is_interrupted(world):
    world.start(Task(name="server", command="echo up; sleep 600"))
    terminal = world.terminals.get("task-1")
    await until(lambda: b"up\r\n" in terminal.history.since(0)[1], timeout=10)
    assert world.states() == [("running", 0)]
    following = asyncio.get_running_loop().create_task(world.tasks.follow())

    def interrupted() -> bool:
        terminal.write(b"\x03")
        return following.done()

    await until(interrupted, timeout=10, pause=0.2)
    assert world.states() == [("failed", 130)]
    assert terminal.alive, "the shell stays"


async def test_one_that_leaves_its_shell_has_ended_with_it(world):
    world.start(Task(name="leaves", command="exit 5"))
    await world.tasks.follow()
    await world.terminals.get("task-1").running.exited
    (report,) = world.tasks.reports()
    assert (report.state, report.exit_code, report.open) == (TaskState.FAILED, 5, False)


async def test_variables_of_a_task_are_its_own(world):
    world.start(Task(name="a", command='echo "<$A>"', env={"A": "b c"}))
    await world.tasks.follow()
    assert b"<b c>" in world.terminals.get("task-1").history.since(0)[1]


async def test_a_task_that_cannot_be_written_is_noted_and_the_others_run(world, capsys):
    (world.folder / "run").mkdir()
    (world.folder / "run" / "1.body").mkdir()
    world.start(Task(name="no", command="true"), Task(name="yes", command="true"))
    assert [one.name for one in world.tasks.reports()] == ["yes"]
    assert "task_not_written" in capsys.readouterr().err


async def test_a_made_up_end_is_no_end(world):
    world.start(Task(name="a", command="sleep 600"))
    (world.folder / "run" / "1.ended").symlink_to("/etc/passwd")
    following = asyncio.get_running_loop().create_task(world.tasks.follow())
    world.terminals.get("task-1").running.signal_group(signal.SIGKILL)
    await following
    assert world.states()[0][0] == "failed"


async def test_a_headless_run_ends_with_its_tasks_and_keeps_what_they_said(world):
    well = Task(name="well", before="echo one", init="echo two", command="echo never")
    world.start(well, Task(name="badly", init="echo three; exit 4"), headless=True)
    code, why = await world.tasks.finish()
    assert (code, why) == (1, "headless task failed: badly ended with 4")
    assert all(not one.open for one in world.tasks.reports())
    said = (world.folder / "kept" / "prebuild-log-1").read_text()
    assert "\ntwo\n" in said
    assert "never" not in said
    assert "This ran in a prebuild and saved you 1 min." in said


async def test_a_headless_run_without_tasks_has_succeeded(world):
    world.start(headless=True)
    assert await world.tasks.finish() == (0, "")


async def test_a_task_that_is_stopped_ends_with_its_terminal(world):
    world.start(Task(name="a", command="sleep 600"), Task(name="b", command="sleep 600"))
    for name in ("task-1", "task-2"):
        terminal = world.terminals.get(name)
        await until(lambda one=terminal: b"sleep 600" in one.history.since(0)[1], timeout=10)
    assert await world.tasks.stop("task-1")
    assert await world.tasks.stop("task-2", success=True)
    assert not await world.tasks.stop("task-9")
    first, second = world.tasks.reports()
    assert (first.state, first.open) == (TaskState.FAILED, False)
    assert (second.state, second.exit_code, second.open) == (TaskState.DONE, 0, False)


HOLDING_UP = {
    "a loop": "echo first; while :; do :; done",
    "a loop of programs": "echo first; while :; do sleep 0.1; done",
    "a program that waits": "echo first; sleep 600",
    "a program whose output it waits for": "echo first; A=$(sleep 600; echo b); sleep 600",
    "a question": "echo first; read -r A",
}


@pytest.mark.parametrize("files", HOLDING_UP.values(), ids=HOLDING_UP)
async def test_startup_files_that_do_not_end_hold_it_up_for_a_time(world, files):
    world.startup_files(files)
    world.start(Task(name="a", command="echo task $((40 + 2))"))
    terminal = world.terminals.get("task-1")
    await world.tasks.follow()
    assert world.states() == [("done", 0)]
    assert world.terminals.get("task-1") is terminal, "who looks at it goes on looking"
    said = world.said()
    assert said.index(b"first\r\n") < said.index(b"have not ended") < said.index(b"task 42\r\n")
    assert world.terminals.soundness.conditions[Condition.SHELL_HANGS] == HANGS
    terminal.write(b"echo $((40 + 3))rd\n")
    await until(lambda: b"43rd" in world.said(), timeout=10)


LEADING_ELSEWHERE = {
    "they leave": "echo first; exit 3",
    "they run another shell": "echo first; exec sh -i",
    "they are deaf": "trap '' USR1; echo first; while :; do :; done",
}


@pytest.mark.parametrize("files", LEADING_ELSEWHERE.values(), ids=LEADING_ELSEWHERE)
async def test_where_they_lead_elsewhere_another_shell_runs_it(world, files, monkeypatch):
    monkeypatch.setattr(startup, "GRACE", 0.1)
    world.startup_files(files)
    world.start(Task(name="a", command="echo task $((40 + 2)); (exit 4)"))
    await world.tasks.follow()
    assert world.states() == [("failed", 4)]
    said = world.said()
    assert said.index(b"first\r\n") < said.index(b"has not read them") < said.index(b"task 42\r\n")
    told = {Condition.SHELL_HANGS, Condition.SHELL_ENDS}
    assert told & set(world.terminals.soundness.conditions)


async def test_one_that_is_stopped_while_it_waits_is_not_begun(world):
    world.startup_files("while :; do :; done")
    world.start(Task(name="a", command="echo task"))
    assert await world.tasks.stop("task-1")
    await world.tasks.follow()
    assert world.states()[0][0] == "failed"
    assert b"task" not in world.said()


async def test_what_goes_on_in_the_background_stays(world):
    world.startup_files("sleep 600 & echo $! > ~/pid; while :; do :; done")
    world.start(Task(name="a", command="kill $(cat ~/pid) && echo it li''ves"))
    await world.tasks.follow()
    assert world.states() == [("done", 0)]
    assert b"it lives\r\n" in world.said()
