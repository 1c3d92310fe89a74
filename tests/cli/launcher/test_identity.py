import os
import signal
import subprocess
import sys

from cli.launcher import identity
from cli.launcher.identity import Process
from tests.waiting import until

WAITING = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()",
]


def test_a_process_is_its_pid_and_its_start_time() -> None:
    own = identity.of(os.getpid())
    assert own is not None
    assert own.alive()
    assert own.uid() == os.getuid()
    assert 0 < own.age() < 1e7
    assert not Process(own.pid, own.started + 1).alive()


def test_a_name_with_spaces_and_brackets_is_read_past() -> None:
    script = "import ctypes, signal; ctypes.CDLL(None).prctl(15, b'a) Z (b'); print(1, flush=True)"
    command = [sys.executable, "-c", script + "; signal.pause()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = identity.of(process.pid)
        assert found is not None
        assert found.alive()
        process.kill()


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        until(lambda: identity.start_time(process.pid) is None)
        assert identity.of(process.pid) is None


def test_a_process_that_is_gone_has_no_owner() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    gone = Process(process.pid, 1)
    assert not gone.alive()
    assert gone.uid() is None
    identity.end(gone, 1.0)


def test_end_asks_first() -> None:
    with subprocess.Popen(WAITING, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = identity.of(process.pid)
        assert found is not None
        identity.end(found, 10.0)
        assert process.wait() == -signal.SIGTERM


def test_end_kills_who_does_not_listen() -> None:
    with subprocess.Popen(STUBBORN, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = identity.of(process.pid)
        assert found is not None
        identity.end(found, 0.1)
        assert process.wait() == -signal.SIGKILL


def test_another_process_with_the_same_pid_is_spared() -> None:
    with subprocess.Popen(WAITING, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = identity.of(process.pid)
        assert found is not None
        identity.end(Process(found.pid, found.started - 1), 1.0)
        assert found.alive()
        process.kill()
