"""The process as it is started."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(home: Path, url: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "supervisor.dotfiles", url]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_it_says_what_came_of_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "dots")], check=True)
    home = tmp_path / "home"
    home.mkdir()
    done = run(home, str(tmp_path / "dots"))
    assert (done.returncode, done.stdout) == (0, "0 files linked.\n")
    failed = run(tmp_path / "none", "x")
    assert failed.returncode == 1
    assert failed.stdout == f"{tmp_path}/none/.dotfiles.log: No such file or directory.\n"
    assert (done.stderr, failed.stderr) == ("", "")
