"""What processes have written is counted from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.host.meter import written

pytestmark = pytest.mark.root
WRITES = "open({!r}, 'wb').write(bytes(1 << 20)); print('written', flush=True); input()"


def test_what_children_write_is_counted(tmp_path: Path) -> None:
    words = [sys.executable, "-c", WRITES.format(str(tmp_path / "x"))]
    shell = ["sh", "-c", '"$@"; true', "sh", *words]
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        assert 1 << 20 <= written(process.pid) < 2 << 20
        process.communicate(b"\n")
    assert written(process.pid) == 0


def test_who_is_gone_has_written_nothing() -> None:
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    assert written(gone) == 0
