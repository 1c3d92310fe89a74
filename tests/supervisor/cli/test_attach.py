"""A task's terminal in another one, over the real socket."""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.api.endpoint import Who, answers, converses
from supervisor.api.server import Api
from supervisor.api.table import Table
from supervisor.api.viewing import conversation
from supervisor.host.reaper import Reaper
from supervisor.host.terminals import Terminals
from tests.waiting import until

CHECKOUT = Path(__file__).resolve().parents[3]
TASKS = {
    "file": ".gitpod.yml",
    "faults": [{"line": 3, "field": "tasks[1].init", "cause": "is wrong"}],
    "tasks": [
        {"id": "task-1", "name": "API", "state": "running", "exit_code": 0, "open": True},
        {"id": "task-2", "name": "Build", "state": "failed", "exit_code": 3, "open": False},
    ],
}


class Inside:
    """A terminal `task-1`, and `gp` as a process with a terminal of its own."""

    def __init__(self, folder: str, terminals: Terminals) -> None:
        self.socket = f"{folder}/gp.sock"
        self.terminal = terminals.open("task-1", "/", {"PATH": "/bin:/usr/bin", "PS1": ""})
        self.tasks = lambda: json.loads(json.dumps(TASKS))
        self.screen = -1

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "supervisor.cli", *words]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PODIUM_LOCAL_SOCKET": self.socket, "PYTHONPATH": str(CHECKOUT)}

    def attach(self, *words: str) -> "subprocess.Popen[bytes]":
        self.screen, slave = pty.openpty()
        os.set_blocking(self.screen, False)
        made = subprocess.Popen(
            self.command("tasks", "attach", *words),
            cwd=CHECKOUT,
            env=self.environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        made.returncode = 0  # the reaper waits for it
        return made

    def seen(self) -> bytes:
        try:
            return os.read(self.screen, 65536)
        except OSError:
            return b""


@pytest.fixture
async def inside(account) -> AsyncIterator[Inside]:
    reaper = Reaper()
    terminals = Terminals(reaper, account, lambda: None)
    reaper.install()
    with tempfile.TemporaryDirectory() as folder:
        made = Inside(folder, terminals)
        tasks = answers("GET", "/v1/tasks", Who.PERSON, lambda _call: made.tasks())
        view = converses("/v1/terminals/{id}", Who.PERSON, conversation(terminals.get))
        table = Table([tasks, view])
        server = await Api(table).on_socket(made.socket, account)
        yield made
        made.terminal.running.signal_group(signal.SIGKILL)
        server.close()
        await server.wait_closed()
        if made.screen >= 0:
            os.close(made.screen)


async def test_what_is_typed_arrives_and_what_it_says_is_shown(inside):
    inside.attach()
    shown = b""

    def answered() -> bool:
        nonlocal shown
        shown += inside.seen()
        if b"two-2" not in shown:
            os.write(inside.screen, b"echo two-$((1+1))\r")
        return b"two-2" in shown

    await until(answered, timeout=20, pause=0.2)
    os.write(inside.screen, b"\x1c")

    def left() -> bool:
        nonlocal shown
        shown += inside.seen()
        return b"comes back" in shown

    await until(left, timeout=10)
    assert inside.terminal.alive


async def test_the_end_of_the_terminal_is_the_end_of_attach(inside):
    gp = inside.attach("task-1")
    await until(lambda: inside.terminal.audience, timeout=20)
    inside.terminal.write(b"exit\n")
    await until(lambda: inside.seen() or inside.terminal.closed, timeout=10)
    await until(lambda: Path(f"/proc/{gp.pid}/stat").exists() is False or gone(gp.pid), timeout=10)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def run(words: list[str], tmp_path: Path, documents: dict) -> "subprocess.CompletedProcess[str]":
    from tests.supervisor.cli.samples import supervisor  # noqa: PLC0415 - beside the async fixture

    with supervisor(tmp_path, documents) as path:
        return subprocess.run(
            [sys.executable, "-m", "supervisor.cli", *words],
            cwd=CHECKOUT,
            env={**os.environ, "PODIUM_LOCAL_SOCKET": path},
            capture_output=True,
            text=True,
            check=False,
        )


def test_tasks_are_listed_and_faults_told(tmp_path):
    done = run(["tasks", "list"], tmp_path, {"/v1/tasks": TASKS})
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["task-1", "API"],
        ["task-2", "Build"],
    ]
    assert "failed with 3" in done.stdout
    assert done.stderr == ".gitpod.yml line 3, tasks[1].init: is wrong\n"


def test_why_there_are_none_is_said(tmp_path):
    none = {**TASKS, "tasks": [], "faults": [], "without": "untrusted"}
    done = run(["tasks", "list"], tmp_path, {"/v1/tasks": none})
    wanted = "There are no tasks: this repository is not trusted, so nothing of it runs.\n"
    assert (done.returncode, done.stdout) == (0, wanted)


def test_which_task_is_asked_when_it_is_not_clear(tmp_path):
    both = [{**one, "open": True} for one in TASKS["tasks"]]
    done = run(["tasks", "attach"], tmp_path, {"/v1/tasks": {**TASKS, "tasks": both}})
    assert (done.returncode, done.stderr) == (
        1,
        "gp: Which one? task-1 (API), task-2 (Build)\n",
    )
    done = run(["tasks", "attach", "task-9"], tmp_path / "..", {"/v1/tasks": TASKS})
    assert "there is no open task task-9" in done.stderr
