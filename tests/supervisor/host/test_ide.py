"""The IDE's process: it is done when it answers, and known when it has exited."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.tasks import Tasks
from supervisor.core.ahead import NODE, SERVER
from supervisor.host.ahead import Ahead, begin
from supervisor.host.ide import Ide, image_of
from supervisor.host.idelog import LIMIT
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from tests.ports import free_port
from tests.supervisor.standins import BROKEN, DEAF, IDE, ide
from tests.waiting import until
from wire.phases import StepState


class Started:
    """An IDE on a port of its own, and every change it told of."""

    def __init__(
        self, account: Account, log: Path, ahead: Ahead | None = None, **probes: float
    ) -> None:
        self.reaper = Reaper()
        self.reaper.install()
        self.port = free_port()
        self.states: list[StepState] = []
        self.tasks = Tasks()
        self.ide = Ide(
            self.reaper,
            account,
            self.changed,
            port=self.port,
            log=str(log),
            ahead=ahead,
            **probes,
        )

    def changed(self) -> None:
        self.states.append(self.ide.report.state)

    def run(self, code: str) -> "asyncio.Task[None]":
        work = self.ide.run(ide(code, self.port), "/", {"PATH": "/usr/bin"})
        return self.tasks.spawn(work, "ide")


@pytest.fixture
async def started(account: Account, tmp_path: Path) -> AsyncIterator[Started]:
    made = Started(account, tmp_path / "ide.log")
    yield made
    made.ide.stop(signal.SIGKILL)
    await until(lambda: made.ide.running is None, timeout=10)
    await made.tasks.close()


async def test_it_is_done_when_it_answers(started, tmp_path):
    started.run(IDE)
    await until(lambda: started.ide.report.state is StepState.DONE, timeout=20)
    assert started.states == [StepState.WORKING, StepState.DONE]
    assert started.ide.report.took > 0
    assert (tmp_path / "ide.log").read_text() == "an IDE\n"


async def test_one_that_does_not_answer_is_still_starting(started, tmp_path):
    log = tmp_path / "ide.log"
    started.run(DEAF)
    await until(lambda: log.exists() and log.read_text() == "deaf\n", timeout=20)
    assert started.ide.report.state is StepState.WORKING


async def test_an_exit_is_counted_and_told(started):
    await started.run(BROKEN)
    assert started.ide.running is None
    assert started.ide.restarts.total == 1
    assert started.states[-1] is StepState.WORKING
    assert started.ide.restarts.why == "exit code 3, after “broken”"


async def test_one_that_hangs_after_it_answered_is_ended_and_said(account, tmp_path):
    made = Started(account, tmp_path / "ide.log", probe_every=0.01, probe_patience=0.05)
    work = made.run(IDE)
    await until(lambda: StepState.DONE in made.states)
    made.ide.stop(signal.SIGSTOP)
    await work
    assert made.ide.restarts.why == "it did not answer 6 times, and was ended"
    await made.tasks.close()


async def test_after_a_crash_it_counts_as_answered_once(started):
    started.run(IDE)
    await until(lambda: started.ide.report.state is StepState.DONE, timeout=20)
    took = started.ide.report.took
    started.ide.stop(signal.SIGKILL)
    await until(lambda: started.ide.running is None, timeout=10)
    again = started.run(IDE)
    await until(lambda: started.states.count(StepState.DONE) > 2, timeout=20)
    assert started.ide.report.took == took
    started.ide.stop()
    await again


async def test_one_that_cannot_start_says_why(started):
    work = started.ide.run(["/no/ide"], "/", {})
    await started.tasks.spawn(work, "ide")
    assert "cannot start: No such file" in started.ide.report.detail
    assert started.ide.restarts.total == 1


async def test_a_long_log_is_begun_anew(started, tmp_path):
    (tmp_path / "ide.log").write_bytes(b"x" * (LIMIT + 1))
    await started.run(BROKEN)
    assert (tmp_path / "ide.log").read_text() == "broken\n"


async def test_a_log_that_cannot_be_written_is_no_reason_to_fail(account, tmp_path):
    made = Started(account, tmp_path / "no" / "ide.log")
    await made.run(BROKEN)
    assert made.ide.restarts.total == 1
    await made.tasks.close()


SAYS = "import json, os, sys; words = json.load(sys.stdin); sys.argv[1:] = words['arguments']\n"
COMMAND = [NODE, SERVER]


@pytest.fixture
def begun(tmp_path: Path) -> Ahead:
    script = tmp_path / "ahead.py"
    script.write_text(SAYS + IDE)
    made = begin({}, [sys.executable, str(script)], str(tmp_path / "ide.log"), os.getuid())
    assert made is not None
    return made


async def test_what_was_begun_ahead_becomes_it(account, tmp_path, begun):
    made = Started(account, tmp_path / "ide.log", ahead=begun)
    work = made.tasks.spawn(made.ide.run([*COMMAND, str(made.port)], "/", {}), "ide")
    await until(lambda: made.ide.report.state is StepState.DONE, timeout=20)
    assert made.ide.pid() == begun.pid
    made.ide.stop()
    await work
    assert made.ide.restarts.total == 1
    await made.tasks.close()


@pytest.mark.parametrize("variables", [{}, {"NODE_OPTIONS": "--inspect"}])
async def test_what_cannot_become_it_ends(account, tmp_path, begun, variables):
    made = Started(account, tmp_path / "ide.log", ahead=begun)
    command = ide(BROKEN, made.port) if not variables else [*COMMAND, "1"]
    await made.ide.run(command, "/", variables)
    assert made.ide.restarts.total == 1
    await until(lambda: not Path(f"/proc/{begun.pid}").exists())
    await made.tasks.close()


async def test_what_nobody_wants_ends(account, tmp_path, begun):
    made = Started(account, tmp_path / "ide.log", ahead=begun)
    made.ide.forgo()
    made.ide.forgo()
    await until(lambda: not Path(f"/proc/{begun.pid}").exists())
    assert made.ide.pid() == 0
    await made.tasks.close()


def test_a_tree_says_which_image_holds_its_static_files(tmp_path):
    assert image_of(str(tmp_path)) == ""
    (tmp_path / "image").write_text("vscode:0a1b\n")
    assert image_of(str(tmp_path)) == "vscode:0a1b"
