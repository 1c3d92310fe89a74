"""Running restic inside its box: one program, its words, what it says."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from daemon.host.restic_box import CREDENTIALS, PASSWORD, REPOSITORY, WORDS

PROGRAM: Final = "/usr/bin/restic"
FAILED: Final = 3
INCOMPLETE: Final = 3
"""restic's exit code for a snapshot that lacks something which could not be read."""
_MOST_SAID: Final = 8192
_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 -- its own, in the box
    "TMPDIR": "/tmp",  # noqa: S108 -- as above
    "RESTIC_PROGRESS_FPS": "1",
    "GOMAXPROCS": "2",
    "GOGC": "50",
    # over HTTP/2 whoever spoke last may have no answer to wait for: the gate tells silence by that
    "GODEBUG": "netdns=go,http2client=0",
    "AWS_SHARED_CREDENTIALS_FILE": CREDENTIALS,
}


class ResticFailed(Exception):
    """restic has ended badly; the text is what it said."""


def command(*words: str | bytes) -> list[str | bytes]:
    """Return the words of a call."""
    kept = Path(WORDS)
    place = kept.read_text().split() if kept.exists() else ["--repo", REPOSITORY]
    return [PROGRAM, *place, "--password-file", PASSWORD, "--no-cache", *words]


def restic(*words: str | bytes, cwd: str = "/", fine: tuple[int, ...] = (0,)) -> bytes:
    """Run to the end and return what it wrote. Raises ResticFailed."""
    done = subprocess.run(
        command(*words),
        cwd=cwd,
        env=_ENVIRONMENT,
        capture_output=True,
        check=False,
        close_fds=False,  # the locks are restic's as well
    )
    if done.returncode not in fine:
        raise ResticFailed(said(done.stderr, done.returncode))
    return done.stdout


def restic_lines(
    *words: str | bytes, cwd: str, each: Callable[[dict[str, Any]], None]
) -> tuple[int, str]:
    """Run with `--json`, telling each line; returns exit code and what it said beside."""
    with subprocess.Popen(
        command("--json", *words),
        cwd=cwd,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        close_fds=False,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.set_blocking(process.stderr.fileno(), False)
        beside = bytearray()
        for line in process.stdout:
            _take(process.stderr, beside)
            try:
                each(json.loads(line))
            except ValueError:
                continue
        os.set_blocking(process.stderr.fileno(), True)
        beside += process.stderr.read()
    return process.returncode, bytes(beside).decode(errors="replace")


def _take(stream: IO[bytes], beside: bytearray) -> None:
    while data := stream.read(65536):
        beside += data


def restic_through(*words: str | bytes) -> None:
    """Run with this process's own stdout. Raises ResticFailed."""
    sys.stdout.flush()
    done = subprocess.run(
        command(*words),
        cwd="/",
        env=_ENVIRONMENT,
        stderr=subprocess.PIPE,
        check=False,
        close_fds=False,
    )
    if done.returncode != 0:
        raise ResticFailed(said(done.stderr, done.returncode))


def said(stderr: bytes, code: int) -> str:
    """Return the end of what restic said, or how it ended."""
    text = stderr.decode(errors="replace").strip()
    return text[-_MOST_SAID:] or f"restic ended with code {code}"


def tell(**words: object) -> None:
    """Write a line of progress."""
    print(json.dumps(words), flush=True)  # noqa: T201 -- the helper's progress
