"""A process that is begun, and told or ended later."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supervisor.host.ahead import Ahead, begin, ids_of

REPEATS = "import sys; print(sys.stdin.read(), flush=True)"
ENVIRONMENT = {"PATH": "/bin", "LANG": "C.UTF-8", "SECRET": "no"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "ide.log"


@pytest.fixture
def start(log: Path) -> Iterator[Callable[[str], Ahead]]:
    begun: list[Ahead] = []

    def start(code: str) -> Ahead:
        script = log.with_name("script.py")
        script.write_text(code)
        made = begin(ENVIRONMENT, [sys.executable, str(script)], str(log), os.getuid())
        assert made is not None
        begun.append(made)
        return made

    yield start
    for one in begun:
        one.tell(b"")  # closes what is left open


@pytest.fixture
def repeating(start: Callable[[str], Ahead]) -> Ahead:
    return start(REPEATS)


def ended(ahead: Ahead) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(ahead.pid, 0)[1])


def test_it_hears_what_it_is_told(log, repeating):
    assert repeating.tell(b"serve")
    assert ended(repeating) == 0
    assert log.read_text() == "serve\n"


def test_it_is_begun_without_anything_of_the_workspaces(log, start):
    ahead = start("import os; print(sorted(os.environ.items()), os.getsid(0) == os.getpid())")
    assert ended(ahead) == 0
    begun = dict(ahead.begun)
    assert begun == {"PATH": "/bin", "LANG": "C.UTF-8"}
    assert "SECRET" not in log.read_text()
    assert log.read_text().endswith("True\n")
    assert ahead.ids == ids_of(os.getuid())


def test_it_can_be_ended(repeating):
    repeating.end()
    assert ended(repeating) == -signal.SIGKILL


def test_what_has_ended_cannot_be_told(start):
    ahead = start("")
    assert ended(ahead) == 0
    assert not ahead.tell(b"serve")


def test_what_is_too_long_to_be_heard_at_once_is_not_told(repeating):
    os.kill(repeating.pid, signal.SIGSTOP)
    assert not repeating.tell(b"x" * 5_000_000)
    repeating.end()
    assert ended(repeating) == -signal.SIGKILL


def test_without_vs_code_there_is_none(log):
    assert begin(ENVIRONMENT, ["/missing/node", str(log)], str(log), os.getuid()) is None


def test_a_user_who_is_not_known_is_its_number():
    assert ids_of(3_999_999_999) == (3_999_999_999, 3_999_999_999)


def test_signals_that_were_ignored_are_heard_again():
    code = (
        "import signal; from supervisor.host.ahead import hear_signals; hear_signals(); "
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_DFL)"
    )
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", code]
    assert subprocess.run(ignoring, capture_output=True, text=True, check=True).stdout == "True\n"
