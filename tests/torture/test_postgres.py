"""Tests of all that has rows on a PostgreSQL in place of a file, in two processes side by side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

pytestmark = pytest.mark.torture
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "content",
    "db",
    "gitaccess",
    "imagebuilds",
    "moves",
    "orphans",
    "shares",
    "snapshots",
    "sshaccess",
    "variables",
    "workspaces",
)


def test_the_server_is_the_same_on_postgresql(tmp_path: Path) -> None:
    found = [one for name in FOLDERS for one in (ROOT / "tests/app" / name).rglob("test_*.py")]
    files = sorted(str(one.relative_to(ROOT)) for one in found)
    assert len(files) > len(FOLDERS)
    with postgres.serving() as folder:
        environ = {**os.environ, "PODIUM_TEST_POSTGRES": str(folder)}
        begun = []
        for number, part in enumerate((files[0::2], files[1::2])):
            with (tmp_path / str(number)).open("w") as said:
                command = [sys.executable, "-m", "pytest", "-q", "-m", "not torture", *part]
                run = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=said, stderr=said)
            begun.append(run)
        codes = [run.wait() for run in begun]
        for number, code in enumerate(codes):
            told = (tmp_path / str(number)).read_text()
            assert code == 0, told[-20_000:]
            assert " skipped" not in told
