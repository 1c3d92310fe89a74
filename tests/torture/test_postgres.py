"""All tests of the server on a PostgreSQL in place of a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

pytestmark = pytest.mark.torture
ROOT = Path(__file__).resolve().parents[2]


def test_the_server_is_the_same_on_postgresql() -> None:
    with postgres.serving() as folder:
        environ = {**os.environ, "PODIUM_TEST_POSTGRES": str(folder)}
        command = [sys.executable, "-m", "pytest", "-q", "tests/app", "-m", "not torture"]
        run = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
    assert run.returncode == 0, run.stdout[-20_000:]
    assert " skipped" not in run.stdout
