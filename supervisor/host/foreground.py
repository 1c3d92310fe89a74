"""What runs in front of a terminal: its name and its folder."""

import os
from dataclasses import dataclass

from supervisor.core.front import process_name


@dataclass(frozen=True, slots=True)
class Front:
    """The process in front; without one, all of it is empty."""

    pid: int = 0
    name: str = ""
    cwd: str = ""


def front(master: int, shell: int, proc: str = "/proc") -> Front:
    """Return what is in front of the terminal, else its shell."""
    for pid in (group(master), shell):
        name = _name(f"{proc}/{pid}") if pid > 0 else ""
        if name:
            return Front(pid, name, _cwd(f"{proc}/{pid}"))
    return Front()


def group(master: int) -> int:
    """Return the process group in front, 0 when there is none."""
    try:
        return max(0, os.tcgetpgrp(master))
    except OSError:
        return 0


def _name(folder: str) -> str:
    comm = _read(f"{folder}/comm").decode(errors="replace").rstrip("\n")
    return process_name(comm, _read(f"{folder}/cmdline")) if comm else ""


def _cwd(folder: str) -> str:
    try:
        return os.readlink(f"{folder}/cwd")  # noqa: PTH115 - lean start, no pathlib
    except OSError:
        return ""


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read(4096)
    except OSError:  # ended meanwhile
        return b""
