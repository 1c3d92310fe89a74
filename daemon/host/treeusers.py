"""Who uses workspaces' trees on this machine: processes whose mounts show one.

A pod's containers have the tree mounted, each in a mount namespace of its own, and so does what
they start; the processes of the whole machine have to be seen for that (`hostPID`). What the
container engine itself has mounted counts too: a pod whose container is about to begin.
"""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from daemon.core.mountinfo import Mount, Place, mounts_of, place_of

ADMITTED: Final = ".admitted"
"""Folder in that of the trees; an empty file in it for each instance that is admitted."""
_PROC: Final = Path("/proc")
_PARTS: Final = ("workspace", "home", "layers")


def users(content: Path, workspace: str) -> list[int]:
    """Return the pids of those whose mounts show the tree, the daemon's own helpers left out."""
    places = _places(content, [workspace])
    own = os.getpid()
    return [
        pid
        for pid, mounts in _namespaces()
        if any(place.shown_by(one) for one in mounts for place in places)
        and (pid == 1 or not _descends(pid, own))
    ]


def kill(content: Path) -> int:
    """Kill whoever may write to the tree of an admitted instance; returns how many they were.

    A pod's first process is among them, with which the kernel ends all that it has started.
    """
    folder, own = content / ADMITTED, os.getpid()
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    places = _places(content, {name.rpartition(".")[0] for name in names})
    spared = {_namespace(own), _namespace(1)}
    killed = 0
    for pid, mounts in _namespaces():
        writes = any(one.writable and place.shown_by(one) for one in mounts for place in places)
        if not writes or (namespace := _namespace(pid)) in spared:
            continue
        for one in _pids():
            if _namespace(one) == namespace:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
                    killed += 1
    return killed


def _places(content: Path, workspaces: Iterable[str]) -> list[Place]:
    mounts = _mounts(os.getpid())
    folders = (PurePosixPath(content) / name / part for name in workspaces for part in _PARTS)
    return [found for one in folders if (found := place_of(one, mounts)) is not None]


def _namespaces() -> Iterator[tuple[int, list[Mount]]]:
    """Yield one process of each mount namespace, with its mounts; who is gone meanwhile is not."""
    seen: set[str] = set()
    for pid in _pids():
        namespace = _namespace(pid)
        if namespace and namespace not in seen and (mounts := _mounts(pid)):
            seen.add(namespace)
            yield pid, mounts


def _pids() -> list[int]:
    return sorted(int(one.name) for one in _PROC.iterdir() if one.name.isdecimal())


def _namespace(pid: int) -> str:
    try:
        return str((_PROC / str(pid) / "ns" / "mnt").readlink())
    except OSError:
        return ""


def _mounts(pid: int) -> list[Mount]:
    try:
        return mounts_of((_PROC / str(pid) / "mountinfo").read_text(errors="surrogateescape"))
    except OSError:
        return []


def _descends(pid: int, ancestor: int) -> bool:
    """Tell whether a process was started by another one, or by those that it has started."""
    while pid > 1 and pid != ancestor:
        try:
            pid = int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            return False
    return pid == ancestor
