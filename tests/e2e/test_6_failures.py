"""What breaks is told with its cause, ends in no stuck state, and loses no file."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.fingerprint import fingerprint
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide
from tests.e2e.patience import until

IDE = b"/ide/vscode/out/server-main.js"


def shown(installation: Installation, workspace: Workspace) -> dict:
    return installation.podium_json("workspace", "show", workspace.id)


def pid_of(installation: Installation, workspace: Workspace) -> int:
    return installation.instance_pid(shown(installation, workspace)["instance"]["id"])


def start(installation: Installation, workspace: Workspace) -> dict:
    """Start it; it runs afterwards."""
    done = installation.podium("workspace", "start", workspace.id, "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    return shown(installation, workspace)


@pytest.fixture
def tree(installation: Installation, workspace: Workspace) -> Iterator[Path]:
    """The workspace's files: whatever happens to it, they are the same afterwards."""
    if shown(installation, workspace)["phase"] != "running":
        start(installation, workspace)
    found = installation.content(workspace.id) / "workspace"
    (found / "precious").write_text("not in git")
    before = fingerprint(found)
    yield found
    with installation.files(workspace.id) as files:
        assert fingerprint(files / "workspace") == before


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_killed_container_is_told_and_comes_back_with_its_files(
    installation: Installation, workspace: Workspace, page: Page, tree: Path
) -> None:
    n = shown(installation, workspace)["instance"]["n"]
    os.kill(pid_of(installation, workspace), signal.SIGKILL)
    until(lambda: shown(installation, workspace)["phase"] == "stopped", timeout=60)
    failed = shown(installation, workspace)
    assert failed["problem"]["code"] == "container_died"
    assert failed["instance"]["stop_reason"] == "failed"
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.get_by_role("alert")).to_contain_text("What helps:")
    page.get_by_role("link", name="container_died").click()
    expect(page.locator("#container_died")).to_be_in_viewport()
    # six people press Start at the same moment
    with ThreadPoolExecutor(6) as pool:
        starts = [
            pool.submit(installation.podium, "workspace", "start", workspace.id) for _ in range(6)
        ]
        assert [one.result().returncode for one in starts] == [0] * 6
    again = start(installation, workspace)
    assert (again["instance"]["n"], again["problem"]) == (n + 1, None)


def ide_processes(inside: int) -> list[int]:
    """Pids of VS Code's server in the container of this first process."""
    namespace = Path(f"/proc/{inside}/ns/pid").readlink()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            ours = folder.name.isdecimal() and (folder / "ns/pid").readlink() == namespace
            if ours and IDE in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@contextmanager
def crashing(inside: int) -> Iterator[None]:
    """VS Code's server of a container ends whenever it has begun."""
    enough = threading.Event()

    def kill() -> None:
        while not enough.wait(0.2):
            for pid in ide_processes(inside):
                with suppress(ProcessLookupError):  # it goes with the one that has started it
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        enough.set()
        killer.join()


def test_an_ide_that_crashes_in_a_loop_is_told_and_recovers(
    installation: Installation, workspace: Workspace, page: Page, tree: Path
) -> None:
    inside = pid_of(installation, workspace)

    def failing() -> bool:
        return "ide_failing" in shown(installation, workspace)["instance"]["conditions"]

    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    # until everybody has looked: it comes back by itself
    with crashing(inside):
        until(failing, timeout=60)
        expect(page.get_by_text("VS Code's server exits in a loop")).to_be_visible()
        assert shown(installation, workspace)["phase"] == "running"
    open_ide(page, installation, workspace)
    assert pid_of(installation, workspace) == inside


def test_a_node_that_hangs_is_told_and_a_stop_can_be_forced(
    installation: Installation, workspace: Workspace, tree: Path
) -> None:
    old = pid_of(installation, workspace)
    with frozen(installation.platform_processes()["daemon"]["pid"]):
        until(
            lambda: "node_unreachable" in shown(installation, workspace)["instance"]["conditions"],
            timeout=60,
        )
        assert shown(installation, workspace)["phase"] == "running"
        assert Path(f"/proc/{old}").exists()
        forced = installation.podium("workspace", "stop", workspace.id, "--force", "--wait")
        assert forced.returncode == 0, forced.stdout + forced.stderr
        given_up = shown(installation, workspace)
        assert given_up["phase"] == "stopped"
        assert "forced" in given_up["instance"]["conditions"]
    start(installation, workspace)
    assert pid_of(installation, workspace) != old
    until(lambda: not Path(f"/proc/{old}").exists(), timeout=30)


def test_a_supervisor_that_never_answers_ends_the_start(
    installation: Installation, workspace: Workspace, tree: Path
) -> None:
    stopped = installation.podium("workspace", "stop", workspace.id, "--wait")
    assert stopped.returncode == 0, stopped.stderr
    door = Path(installation.layout.agent_socket)
    hidden = door.with_suffix(".hidden")
    door.rename(hidden)
    try:
        assert installation.podium("workspace", "start", workspace.id).returncode == 0
        until(lambda: shown(installation, workspace)["phase"] == "stopped", timeout=150)
    finally:
        hidden.rename(door)
    failed = shown(installation, workspace)
    assert failed["problem"]["code"] == "supervisor_silent"
    assert failed["problem"]["cure"]
    start(installation, workspace)
