import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.launcher import locks


def test_who_comes_second_learns_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locks.hold(lock):
        assert locks.taken(lock)
        with pytest.raises(locks.Held) as held, locks.hold(lock):
            pass
        assert held.value.pid == str(os.getpid())
    assert not locks.taken(lock)


def test_an_old_text_in_the_file_means_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("123456789")
    with locks.hold(lock):
        assert lock.read_text() == str(os.getpid())


def test_a_child_that_is_given_the_lock_holds_it_when_the_parent_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    code = (
        "import sys; from cli.launcher import locks\n"
        "with locks.adopt(int(sys.argv[1])): print('holds', flush=True); sys.stdin.read()"
    )
    with locks.hold(lock) as file:
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(file.fileno())],
            pass_fds=[file.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    with child:
        assert locks.taken(lock)
        assert child.stdout is not None
        assert child.stdout.readline() == "holds\n"
        assert lock.read_text() == str(child.pid)
    assert not locks.taken(lock)
