"""The helper process that copies a tree: shared blocks where the file system can, else bytes.

Run as `python -I -S -c …` with a plan (JSON) on stdin, it sees the tree read-only, an empty
target, the system's programs, and nothing else of the host: a link that somebody puts into a
running workspace's tree meanwhile leads nowhere. stdout is one JSON object. What vanishes
while it is copied is not missed.
"""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from daemon.host.restic_box import TARGET, TREE, run_inside
from daemon.host.survey import spell, unspell

_SOURCE: Final = f"{TREE}/workspace"
_GONE: Final = b"No such file or directory"
_OWN: Final = ".podium"
_MOST_NAMES: Final = 500
"""On one command line, of a system that takes two million bytes: a name has 4096 at most."""


def main() -> None:
    """Read the plan, and carry it out in a box."""
    plan = json.load(sys.stdin)
    run_inside({"key": "", "repository": "", **plan}, work)


def work(plan: dict[str, Any]) -> int:
    """Copy; returns the exit code."""
    if plan["linked"]:
        return 0 if _link(plan["linked"]) else 1
    left_out = {os.fsencode(one) for one in plan["left_out"]}
    names = sorted(one for one in os.listdir(_SOURCE.encode()) if one not in left_out)
    found = os.stat(_SOURCE, follow_symlinks=False)
    os.chown(TARGET, found.st_uid, found.st_gid)
    os.chmod(TARGET, stat.S_IMODE(found.st_mode))
    kept = f"{TARGET}/{_OWN}"
    if _OWN in plan["left_out"]:
        os.mkdir(kept, 0o700)
        os.chown(kept, found.st_uid, found.st_gid)
        below = _kept(f"{_SOURCE}/{_OWN}", plan["kept"], tuple(plan["kept_prefixes"]))
    else:
        below = []
    if not (_copy(names, _SOURCE, TARGET) and _copy(below, f"{_SOURCE}/{_OWN}", kept)):
        return 1
    os.utime(TARGET, ns=(found.st_atime_ns, found.st_mtime_ns))
    print(json.dumps(count(TARGET.encode())))  # noqa: T201 -- the helper's answer
    return 0


def _link(groups: list[list[str]]) -> bool:
    """Copy files that have several names, with the folders above them, so many at a time."""
    some: list[bytes] = []
    for number, group in enumerate(groups, 1):
        some += map(unspell, group)
        if len(some) >= _MOST_NAMES or number == len(groups):
            if not _copy(some, _SOURCE, TARGET, "--parents"):
                return False
            some = []
    return True


def _copy(names: list[bytes], source: str, target: str, *more: str) -> bool:
    """Copy entries of a folder with all that they are; hard links among them stay."""
    if not names:
        return True
    words = ["/usr/bin/cp", "-a", "--reflink=auto", "--sparse=auto", *more]
    done = subprocess.run(
        [*words, "-t", target, "--", *(b"./" + name for name in names)],
        cwd=source,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        lost = [one for one in done.stderr.splitlines() if not one.endswith(_GONE)]
        if lost:
            sys.stderr.write(lost[-1].decode(errors="replace") + "\n")
            return False
    return True


def _kept(folder: str, names: list[str], prefixes: tuple[str, ...]) -> list[bytes]:
    try:
        found = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(os.fsencode(one) for one in found if one in names or one.startswith(prefixes))


def count(root: bytes) -> dict[str, Any]:
    """Return the number of files, the bytes of their content, and those with several names."""
    files = size = 0
    linked: dict[int, list[str]] = {}
    for path, found in _walk(root):
        if stat.S_ISDIR(found.st_mode):
            continue
        files += 1
        if stat.S_ISREG(found.st_mode):
            size += found.st_size
        if found.st_nlink > 1:
            linked.setdefault(found.st_ino, []).append(spell(path))
    return {"files": files, "bytes": size, "linked": list(linked.values())}


def _walk(root: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
    stack = [b""]
    while stack:
        below = stack.pop()
        with os.scandir(os.path.join(root, below)) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                path = os.path.join(below, entry.name)
                yield path, entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    stack.append(path)
