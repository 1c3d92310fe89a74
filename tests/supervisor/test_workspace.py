"""A whole supervisor in a process of its own, as in a workspace, but for root and mounts."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import aiohttp
import pytest

from tests.anyone import PYTHON
from tests.ports import free_port
from tests.supervisor.samples import KEY, WORKSPACE, wish
from tests.supervisor.standins import BROKEN, IDE, STUBBORN, Platform
from tests.waiting import accepts, until
from wire.agent import Activity, Beats, Checkout, Observed, TimeoutWish
from wire.phases import Condition, StepState
from wire.proof import PROOF_HEADER, Bearer, prove

CHECKOUT = Path(__file__).resolve().parents[2]
STATUS = "/_supervisor/v1/status"


class Inside:
    """The supervisor's process, with its paths and ports moved to where a test may write."""

    def __init__(self, folder: Path, platform: Platform, code: str) -> None:
        self.folder = folder
        self.platform = platform
        self.api_port, self.ide_port = free_port(), free_port()
        (folder / "ide.py").write_text(code)
        (folder / "token").write_text("the-token\n")
        with (folder / "log").open("wb") as log:
            self.process = self._start(platform, log)

    def _start(self, platform: Platform, log: BinaryIO) -> "subprocess.Popen[bytes]":
        folder = self.folder
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor"],
            cwd=CHECKOUT,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(CHECKOUT),
                "SUPERVISOR_TOKEN_FILE": str(folder / "token"),
                "SUPERVISOR_SERVER_SOCKET": str(platform.path),
                "SUPERVISOR_API_PORT": str(self.api_port),
                "SUPERVISOR_IDE_PORT": str(self.ide_port),
                "SUPERVISOR_IDE_COMMAND": f"{' '.join(PYTHON)} {folder}/ide.py {self.ide_port}",
                "SUPERVISOR_IDE_LOG": str(folder / "ide.log"),
                "SUPERVISOR_CHECKOUT_MARKER": str(folder / "state" / "checked-out"),
                "SUPERVISOR_LOCAL_SOCKET": str(folder / "gp.sock"),
                "SUPERVISOR_TASKS": str(folder / "tasks"),
            },
            stderr=log,
        )

    @property
    def newest(self) -> Observed:
        return self.platform.observed[-1] if self.platform.observed else Observed(version=0)

    async def status(self) -> dict:
        proof = prove(KEY, "GET", STATUS, Bearer("u_1", "owner"), time.time())
        url = f"http://127.0.0.1:{self.api_port}{STATUS}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers={PROOF_HEADER: proof}) as answer,
        ):
            return json.loads(await answer.text())

    async def ended(self) -> list[int]:
        """Return the exit code, when all that it said before has arrived."""
        found = await until(lambda: self.process.poll() is not None and [self.process.returncode])
        await until(lambda: not self.platform.connections)
        return found


class Starter:
    """Starts one supervisor, and ends it with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.platform = Platform(folder / "s", "the-token")
        self.made: Inside | None = None

    async def start(self, code: str = IDE) -> Inside:
        await self.platform.start()
        self.made = Inside(self.folder, self.platform, code)
        await until(lambda: self.platform.connections, timeout=20)
        return self.made


@pytest.fixture
async def starter() -> AsyncIterator[Starter]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Starter(Path(folder))
        yield made
        if made.made is not None and made.made.process.poll() is None:
            made.made.process.send_signal(signal.SIGTERM)
            await until(lambda: made.made.process.poll() is not None, timeout=20)
        await made.platform.stop()


async def test_it_comes_up_with_an_ide_and_tells(starter):
    inside = await starter.start()
    assert not (inside.folder / "token").exists()
    await inside.platform.say(wish(repository="/workspace"))
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    assert inside.newest.checkout.state is StepState.DONE
    told = await inside.status()
    assert (told["instance"], told["ide"]) == (f"{WORKSPACE}.2", "done")


async def test_nothing_starts_before_the_server_has_spoken(starter):
    inside = await starter.start()
    await until(lambda: inside.platform.observed or inside.platform.connections, timeout=10)
    assert not (inside.folder / "ide.log").exists()


async def test_a_failed_checkout_is_told_and_the_ide_opens_all_the_same(starter):
    inside = await starter.start()
    wanted = Checkout(path=f"{inside.folder}/none", revision="0" * 40, branch="main")
    await inside.platform.say(wish(checkout=wanted))
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    assert inside.newest.checkout.state is StepState.FAILED
    assert inside.newest.checkout.code == Condition.CHECKOUT_FAILED


async def test_a_killed_ide_starts_again_and_is_counted(starter):
    inside = await starter.start()
    await inside.platform.say(wish())
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    command = f"{inside.folder}/ide.py"
    pid = pid_of(command)
    assert pid
    os.kill(pid, signal.SIGKILL)
    await until(lambda: inside.newest.ide_restarts == 1, timeout=10)
    await until(lambda: pid_of(command) not in {0, pid}, timeout=10)


async def test_an_ide_that_crashes_in_a_loop_is_a_condition(starter):
    inside = await starter.start(BROKEN)
    await inside.platform.say(wish())
    await until(lambda: Condition.IDE_FAILING in inside.newest.conditions, timeout=20)
    assert inside.newest.ide_restarts == 5


async def test_tasks_of_a_trusted_repository_run_and_are_told(starter):
    inside = await starter.start()
    code = inside.folder / "code"
    code.mkdir()
    code.chmod(0o777)  # the person of a workspace is not who runs the tests
    (code / ".gitpod.yml").write_text("tasks: [{name: Mark, command: touch ran}]\ntaks: []\n")
    await inside.platform.say(wish(repository=str(code), trusted=False))
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    assert inside.newest.tasks == []
    await inside.platform.say(wish(repository=str(code), version=2))
    await until(lambda: [one.state.value for one in inside.newest.tasks] == ["done"], timeout=20)
    told = inside.newest.conditions[Condition.CONFIG_INVALID]
    assert told == ".gitpod.yml line 2, taks: is not known: did you mean tasks?"
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(inside.folder / "gp.sock"))
        ) as session,
        session.get("http://localhost/v1/tasks") as answer,
    ):
        local = await answer.json()
    assert (local["settled"], [one["name"] for one in local["tasks"]]) == (True, ["Mark"])


@pytest.mark.parametrize(("text", "code"), [("tasks: []", 0), ("tasks: [{init: exit 4}]", 1)])
async def test_a_run_without_anybody_ends_with_its_tasks(starter, text, code):
    inside = await starter.start()
    folder = inside.folder / "code"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / ".gitpod.yml").write_text(text)
    await inside.platform.say(wish(repository=str(folder), headless=True))
    assert await inside.ended() == [code]
    assert [one.exit_code for one in inside.newest.tasks] == ([4] if code else [])
    assert not (inside.folder / "ide.log").exists()
    assert f'"code":{code}' in (inside.folder / "log").read_text().replace(" ", "")


async def test_use_and_wishes_for_a_timeout_are_told(starter):
    inside = await starter.start()
    await inside.platform.say(wish(timeout="30m", stops_at=time.time() + 1800))
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    assert inside.newest.beats == Beats(count=0)
    connector = aiohttp.UnixConnector(str(inside.folder / "gp.sock"))
    async with aiohttp.ClientSession("http://localhost", connector=connector) as session:
        await until(lambda: accepts(inside.folder / "gp.sock"))
        async with session.get("/v1/timeout") as answer:
            told = await answer.json()
        assert (told["timeout"], 1700 < told["left"] <= 1800) == ("30m", True)
        async with session.put("/v1/timeout", json={"timeout": "2h"}) as answer:
            assert answer.status == 200
        async with session.ws_connect("/v1/terminals/main") as socket:
            await socket.send_bytes(b" ")
            await until(lambda: inside.newest.beats.count == 1)
    assert inside.newest.beats.last is Activity.TERMINAL
    assert inside.newest.timeout_wish == TimeoutWish(number=1, timeout="2h")


async def test_an_older_wish_changes_nothing(starter):
    inside = await starter.start()
    await inside.platform.say(wish(version=5))
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    await inside.platform.say(wish(version=4, instance="other.1"))
    await inside.platform.cut()
    await until(lambda: inside.platform.connections, timeout=10)
    assert (await inside.status())["instance"] == f"{WORKSPACE}.2"


async def test_it_outlives_its_server(starter):
    inside = await starter.start()
    await inside.platform.say(wish())
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    await inside.platform.stop()
    assert (await inside.status())["ide"] == "done"
    inside.platform.observed.clear()
    await inside.platform.start()
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=10)


async def test_told_to_end_it_ends_its_ide_first(starter):
    inside = await starter.start()
    await inside.platform.say(wish())
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    inside.process.send_signal(signal.SIGTERM)
    assert await inside.ended() == [0]
    assert pid_of(f"{inside.folder}/ide.py") == 0
    log = (inside.folder / "log").read_text()
    assert '"ending"' in log
    assert KEY not in log
    assert "the-token" not in log


async def test_a_stop_that_is_asked_for_inside_is_a_good_end(starter):
    inside = await starter.start()
    await inside.platform.say(wish())
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    connector = aiohttp.UnixConnector(str(inside.folder / "gp.sock"))
    async with (
        aiohttp.ClientSession("http://localhost", connector=connector) as session,
        session.post("/v1/stop", json={}) as answer,
    ):
        assert answer.status == 204
    assert await inside.ended() == [0]


async def test_an_ide_that_does_not_want_to_end_is_not_waited_for_for_ever(starter):
    inside = await starter.start(STUBBORN)
    await inside.platform.say(wish())
    await until(lambda: inside.newest.ide.state is StepState.DONE, timeout=20)
    inside.process.send_signal(signal.SIGTERM)
    assert await inside.ended() == [0]
    await until(lambda: pid_of(f"{inside.folder}/ide.py") == 0)  # what is killed dies in its turn


def pid_of(script: str) -> int:
    """The pid of the process that runs the script, or 0."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, NotADirectoryError):
            continue
        if script.encode() in words[1:]:
            return int(folder.name)
    return 0
