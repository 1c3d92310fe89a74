"""cli/bootstrap.sh, as far as it goes without building anything."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "cli/bootstrap.sh"


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    places = {"PODIUM_HOME": str(folder / "home"), "PODIUM_CACHE": str(folder / "cache")}
    return subprocess.Popen(
        ["bash", SCRIPT, *words],
        env={**os.environ, **places},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("command", "code"), [("status", 1), ("login-link", 1), ("down", 0)])
def test_asking_installs_nothing(tmp_path: Path, command: str, code: int):
    process = start(tmp_path, command)
    out, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == ""
    assert "`make up` does that" in said
    assert list(tmp_path.iterdir()) == []


def test_other_commands_are_the_installations_own(tmp_path: Path):
    podium = tmp_path / "home/bin/podium"
    podium.parent.mkdir(parents=True)
    podium.write_text('#!/bin/sh\necho "asked: $@"\nexit 4\n')
    podium.chmod(0o755)
    process = start(tmp_path, "workspace", "list", "--json")
    assert process.communicate(timeout=60)[0] == "asked: workspace list --json\n"
    assert process.returncode == 4


@pytest.mark.root
def test_a_second_set_up_says_whom_it_waits_for(tmp_path: Path):
    lock = tmp_path / "cache/.setup.lock"
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711\n")
        held.flush()
        process = start(tmp_path, "up")
        assert process.stderr is not None
        assert "another set-up is running (pid 4711): waiting" in process.stderr.readline()
        assert process.poll() is None
        process.terminate()
        process.communicate(timeout=60)


def test_packages_that_another_one_provides_are_not_missing(tmp_path: Path):
    text = SCRIPT.read_text()
    function = text[text.index("missing() {") : text.index("install_packages() {")]
    packages = tmp_path / "list.txt"
    # awk is provided by mawk, as runc is by containerd.io
    packages.write_text("# comment\nbash\nawk\nno-such-package\n\nno-other-package\n")
    done = subprocess.run(
        ["bash", "-c", f'{function}\nLC_ALL=C.UTF-8 missing "$1"', "bash", packages],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["no-other-package", "no-such-package"]
