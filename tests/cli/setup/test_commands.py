import threading
from pathlib import Path

import pytest

from cli.setup.commands import Commands, InterruptedBuildError
from tests.waiting import until


def test_the_log_says_what_was_run_and_what_it_said(tmp_path: Path):
    log = tmp_path / "log"
    assert Commands().run(["echo", "hello"], log) == 0
    assert Commands().run(["sh", "-c", "echo no >&2; exit 3"], log) == 3
    assert log.read_text() == "$ echo hello\nhello\n$ sh -c echo no >&2; exit 3\nno\n"


def test_folder_and_environment_are_the_commands_own(tmp_path: Path):
    log = tmp_path / "log"
    environment = {"PATH": "/usr/bin:/bin", "COLOUR": "blue"}
    Commands().run(["sh", "-c", "pwd; echo $COLOUR"], log, cwd=tmp_path, environment=environment)
    assert log.read_text().splitlines()[1:] == [str(tmp_path), "blue"]


def test_nothing_starts_after_the_end(tmp_path: Path):
    commands = Commands()
    commands.stop()
    with pytest.raises(InterruptedBuildError):
        commands.run(["true"], tmp_path / "log")


def alive(marker: str) -> list[str]:
    """Pids of the processes with the marker in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sleep", marker.encode()]:
            found.append(folder.name)
    return found


@pytest.mark.root
async def test_the_end_takes_grandchildren_along(tmp_path: Path):
    commands = Commands()
    marker = "86399.417"
    script = f"setsid sleep {marker} & setsid sleep {marker} & wait"
    ended: list[type[BaseException]] = []

    def run() -> None:
        try:
            commands.run(["sh", "-c", script], tmp_path / "log")
        except InterruptedBuildError as error:
            ended.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    await until(lambda: len(alive(marker)) == 2)
    commands.stop()
    thread.join(10)
    assert ended == [InterruptedBuildError]
    await until(lambda: not alive(marker))


@pytest.mark.root
def test_mounts_of_a_command_are_not_the_machines(tmp_path: Path):
    place = tmp_path / "mounted"
    place.mkdir()
    code = Commands().run(["mount", "-t", "tmpfs", "none", str(place)], tmp_path / "log")
    assert code == 0
    assert str(place) not in Path("/proc/self/mountinfo").read_text()
