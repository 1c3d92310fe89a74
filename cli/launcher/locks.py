"""Lock files that tell who holds them; the kernel lets go of one when its holder dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


class Held(Exception):
    """Somebody else holds the lock; `pid` is empty when it is not known."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"held by process {pid or 'unknown'}")
        self.pid = pid


@contextlib.contextmanager
def hold(path: Path) -> Iterator[TextIO]:
    """Hold a lock file while the block runs. Raises Held at once when it is taken.

    A child that gets the file's descriptor holds the lock as well, without a gap: see `adopt`.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Held(file.read().strip()) from None
        _sign(file)
        yield file


@contextlib.contextmanager
def adopt(descriptor: int) -> Iterator[None]:
    """Hold a lock that the parent took, while the block runs."""
    os.set_inheritable(descriptor, False)
    with os.fdopen(descriptor, "r+") as file:
        _sign(file)
        yield


def _sign(file: TextIO) -> None:
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()


def taken(path: Path) -> bool:
    """Tell whether somebody holds the lock now."""
    try:
        with hold(path):
            return False
    except Held:
        return True
