"""Control groups of both versions: where they are, who is in them, how they end.

Version 2 has one folder per group, version 1 (and hybrid) one per controller. A
group is always named by its absolute path below the roots, e.g. `/podium_1a2b3c/x.1`.
"""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from daemon.core import iolimits

_log = structlog.get_logger(__name__)
_ROOT: Final = Path("/sys/fs/cgroup")
_BLOCKS: Final = Path("/sys/block")
_UNIFIED: Final = "unified"
_WANTED: Final = {"cpu": "cpu", "memory": "memory", "pids": "pids"}
_PAUSE: Final = 0.01
"""Seconds between looks at a group that is being killed."""


def is_pure_v2() -> bool:
    """Tell whether the machine has version 2 alone."""
    return (_ROOT / "cgroup.controllers").exists()


def hidden_for_crun() -> list[str]:
    """Return the mounts that must be out of sight for crun: it refuses hybrid layouts."""
    unified = _ROOT / _UNIFIED
    return [str(unified)] if not is_pure_v2() and (unified / "cgroup.procs").exists() else []


def controllers() -> dict[str, str]:
    """Return `enforced` or the reason why not for each limit: cpu, memory, pids."""
    if is_pure_v2():
        present = set((_ROOT / "cgroup.controllers").read_text().split())
    else:
        present = {name for name in _WANTED if (_ROOT / name / "cgroup.procs").exists()}
    return {
        name: "enforced" if name in present else f"the kernel offers no {name} controller here"
        for name in _WANTED
    }


def io_told(root: Path = _ROOT, blocks: Path = _BLOCKS) -> str:
    """Return `enforced` or the reason why not for the share that a class has of the disk."""
    controllers = root / "cgroup.controllers"
    schedulers = [_read(one) for one in blocks.glob("*/queue/scheduler")]
    found = set(_read(controllers).split()) if controllers.exists() else None
    return iolimits.told(found, schedulers, _read(root / "io.cost.qos"))


def weigh_io(path: str, weight: int) -> None:
    """Give the group so much of the disk when others want it too; nothing where that is unknown."""
    for folder in folders(path):
        for file in (folder / one for one in iolimits.FILES):
            if file.exists():
                _write(file, f"default {weight}")


def make_low(path: str, memory: int, pids: int) -> None:
    """Make a group with bounds that gets a quarter of anybody's share; as far as is offered here.

    Not less: on a busy machine it would get nothing, and some wait for it.
    """
    settings = {
        "cpu": ("cpu.weight", "cpu.shares", "25", "256"),
        "memory": ("memory.max", "memory.limit_in_bytes", str(memory), str(memory)),
        "pids": ("pids.max", "pids.max", str(pids), str(pids)),
    }
    name = path.lstrip("/")
    if is_pure_v2():
        (_ROOT / name).mkdir(parents=True, exist_ok=True)
        for kind, (file, _old, value, _share) in settings.items():
            for parent in (_ROOT, *reversed((_ROOT / name).relative_to(_ROOT).parents[:-1])):
                _write(_ROOT / parent / "cgroup.subtree_control", f"+{kind}")
            _write(_ROOT / name / file, value)
        return
    for kind, (_new, file, _weight, value) in settings.items():
        folder = _ROOT / kind / name
        if (_ROOT / kind / "cgroup.procs").exists():
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / file, value)


def join(path: str, pid: int) -> None:
    """Move a process into the group."""
    for folder in folders(path):
        _write(folder / "cgroup.procs", str(pid))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        _log.warning("cgroup_refused", path=str(path), value=text, error=str(error))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def folders(path: str) -> list[Path]:
    """Return the group's existing folders."""
    name = path.lstrip("/")
    roots = [_ROOT] if is_pure_v2() else [one for one in _ROOT.iterdir() if not one.is_symlink()]
    return [root / name for root in roots if (root / name).is_dir()]


def children(path: str) -> set[str]:
    """Return the names of the groups directly below a group."""
    return {one.name for folder in folders(path) for one in folder.iterdir() if one.is_dir()}


def processes(path: str) -> set[int]:
    """Return the host pids in the group and below it."""
    pids: set[int] = set()
    for folder in folders(path):
        # groups end between listing and reading, which os.walk passes over
        for below, _folders, _files in os.walk(folder):
            pids.update(int(word) for word in _read(Path(below) / "cgroup.procs").split())
    return pids - {0}


def kill(path: str) -> bool:
    """Send KILL to all in the group; returns whether it was empty already."""
    for folder in folders(path):
        with suppress(OSError):  # a kernel without it, or the group has ended: then one by one
            descriptor = os.open(folder / "cgroup.kill", os.O_WRONLY)
            with os.fdopen(descriptor, "w") as file:
                file.write("1")
    alive = processes(path)
    for pid in alive:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return not alive


async def end(path: str, patience: float = 10.0) -> None:
    """Kill until nobody is left. Raises TimeoutError when somebody stays, e.g. in a disk wait."""
    async with asyncio.timeout(patience):
        while True:
            if kill(path):
                return
            await asyncio.sleep(_PAUSE)


def remove(path: str) -> bool:
    """Remove the group; returns False while something still lives in it."""
    gone = True
    for folder in folders(path):
        below = [one for one in folder.rglob("*") if one.is_dir()]
        for one in [*sorted(below, key=lambda each: -len(each.parts)), folder]:
            try:
                one.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                gone = False
    return gone


def out_of_memory(path: str) -> bool:
    """Tell whether the kernel has killed in the group for want of memory."""
    for folder in folders(path):
        for name in ("memory.events", "memory.oom_control"):
            try:
                text = (folder / name).read_text()
            except OSError:
                continue
            counts = dict(line.split() for line in text.splitlines() if len(line.split()) == 2)
            if int(counts.get("oom_kill", 0)) > 0:
                return True
    return False
