"""The command line as a process: words in, exit code and text out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.answers import serving

CHECKOUT = Path(__file__).resolve().parents[2]


def podium(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    own = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(CHECKOUT),
        "PODIUM_HOME": str(folder / "home"),
        "PODIUM_RUN_ROOT": str(folder / "run"),
    }
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env={**own, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("words", [(), ("nonsense",), ("workspace",), ("workspace", "show")])
def test_wrong_usage_is_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = podium(tmp_path, *words)
    assert done.returncode == 2
    assert "usage: podium" in done.stderr


def test_a_setting_that_cannot_be_understood_is_2_and_named(tmp_path: Path) -> None:
    done = podium(tmp_path, "status", PODIUM_PORT="http")
    assert done.returncode == 2
    assert "PODIUM_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_tells_commands_and_exit_codes(tmp_path: Path) -> None:
    text = podium(tmp_path, "--help").stdout
    assert all(word in text for word in ("up", "down", "status", "login-link", "workspace"))
    assert "the platform does not answer" in text
    assert "launcher" not in text
    assert "restricted" in podium(tmp_path, "workspace", "create", "--help").stdout


@pytest.mark.parametrize("words", [("status",), ("login-link",), ("workspace", "list")])
def test_a_platform_that_does_not_run_is_3(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = podium(tmp_path, *words)
    assert done.returncode == 3
    assert "make up" in done.stderr + done.stdout


def test_a_problem_is_printed_with_cause_and_cure(tmp_path: Path) -> None:
    problem = {"title": "No", "detail": "Because.", "cure": "So."}
    with serving(lambda _one: (400, problem)) as server:
        url = f"http://podium.localhost:{server.port}"
        more = {"PODIUM_URL": url, "PODIUM_TOKEN": "t"}
        done = podium(tmp_path, "workspace", "create", "--", "--upload-pack=x", **more)
    assert done.returncode == 1
    assert done.stderr == "podium: No\n  Cause: Because.\n  Cure:  So.\n"
    assert server.requests[0].body["url"] == "--upload-pack=x"
