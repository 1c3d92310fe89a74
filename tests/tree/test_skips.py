"""The hook of tests/conftest.py, tried in a run of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parents[1] / "conftest.py"
TESTS = """
import pytest

def test_good():
    pass

@pytest.mark.skip(reason="because")
def test_marked():
    pass

@pytest.mark.parametrize("n", [1, 2])
def test_sometimes(n):
    if n == 2:
        pytest.skip("because")
"""


def run(folder: Path, skips: str, *words: str) -> "subprocess.CompletedProcess[str]":
    (folder / "conftest.py").write_text(HOOK.read_text())
    (folder / "skips.toml").write_text(skips)
    (folder / "test_it.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_skip_that_is_not_listed_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.returncode == 1
    assert "SKIPPED WITHOUT A REASON in skips.toml: test_it.py::test_marked" in done.stdout
    assert "test_it.py::test_sometimes[2]" in done.stdout


def test_a_listed_one_is_allowed(tmp_path: Path) -> None:
    skips = "".join(
        f'["test_it.py::{name}"]\nreason = "because"\n'
        for name in ("test_marked", "test_sometimes")
    )
    assert run(tmp_path, skips).returncode == 0


def test_choosing_tests_is_no_skip(tmp_path: Path) -> None:
    assert run(tmp_path, "", "-k", "test_good").returncode == 0


@pytest.mark.parametrize("reason", ["", 'reason = " "\n'])
def test_a_list_without_reasons_is_refused(tmp_path: Path, reason: str) -> None:
    done = run(tmp_path, f'["test_it.py::test_marked"]\n{reason}')
    assert done.returncode == 4
    assert "gives no reason for test_it.py::test_marked" in done.stderr
