"""A tree of everything that a file system holds, and a comparison of each inode's fields."""

import os
import socket
import stat
from contextlib import chdir
from pathlib import Path
from random import Random
from typing import Any

Fields = dict[bytes, dict[str, Any]]


def grow(root: Path, seed: int = 1, count: int = 60, *, small: bool = False) -> None:
    """Fill a folder with odd files, `count` of them by chance; small ones where they are many."""
    chance = Random(seed)
    top = os.fsencode(root)
    _named_ones(top)
    folders = [top]
    for n in range(count):
        folder = chance.choice(folders)
        name = bytes(chance.choice([*range(1, 47), *range(48, 256)]) for _one in range(1 + n % 40))
        path = folder + b"/" + name
        if os.path.lexists(path) or name in {b".", b".."}:
            continue
        _one(path, chance, folders, 64 if small else 1)
    age(top, chance)


def _named_ones(top: bytes) -> None:
    def at(name: bytes) -> bytes:
        return top + b"/" + name

    os.mkdir(at(b"folder"), 0o2770)
    os.mkdir(at(b"sticky"))
    os.chmod(at(b"sticky"), 0o1777)
    Path(os.fsdecode(at(b"plain"))).write_text("hello\n")
    Path(os.fsdecode(at(b"empty"))).touch(mode=0o000)
    os.link(at(b"plain"), at(b"folder/second name"))
    os.symlink(b"plain", at(b"link"))
    os.symlink(b"../no\xff\xfe where\n", at(b"link of odd bytes"))
    os.symlink(b"x" * 3000, at(b"long link"))
    os.mkfifo(at(b"fifo"), 0o640)
    os.mknod(at(b"whiteout"), stat.S_IFCHR | 0o600, 0)
    with socket.socket(socket.AF_UNIX) as one, chdir(top):
        one.bind("socket")
    os.chmod(at(b"socket"), 0o2711)
    os.chown(at(b"socket"), 12, 13)
    Path(os.fsdecode(at(b"set user id"))).write_bytes(b"#!/bin/sh\n")
    os.chown(at(b"set user id"), 4242, 4343)
    os.chmod(at(b"set user id"), 0o6755)
    capability = bytes.fromhex("0100000200040000000000000000000000000000")
    os.setxattr(at(b"plain"), "security.capability", capability)
    os.setxattr(at(b"plain"), "user.odd", bytes(range(256)))
    os.setxattr(at(b"folder"), "user.empty", b"")
    acl = bytes.fromhex(
        "0200000001000600ffffffff020004004114000004000400ffffffff10000600ffffffff20000400ffffffff"
    )
    os.setxattr(at(b"set user id"), "system.posix_acl_access", acl)
    os.setxattr(at(b"sticky"), "system.posix_acl_default", acl)
    for name, parts, size in (
        (b"sparse", [(0, b"a"), (3 << 20, b"b" * 5000)], 9 << 20),
        (b"only a hole", [], 4 << 20),
        (b"zeros that are data", [(0, bytes(1 << 20))], 1 << 20),
    ):
        with open(at(name), "wb") as file:
            for offset, data in parts:
                file.seek(offset)
                file.write(data)
            file.truncate(size)


def _one(path: bytes, chance: Random, folders: list[bytes], smaller: int) -> None:
    kind = chance.randrange(8)
    if kind == 0:
        os.mkdir(path)
        folders.append(path)
    elif kind == 1:
        os.symlink(
            bytes(chance.randrange(1, 256) for _one in range(chance.randrange(1, 200))), path
        )
        os.chown(path, chance.randrange(65536), chance.randrange(65536), follow_symlinks=False)
        return
    elif kind == 2:
        os.mkfifo(path)
    else:
        with open(path, "wb") as file:
            file.write(chance.randbytes(chance.choice([0, 1, 511, 4096, 70000 // smaller])))
            if kind == 3:
                file.seek(chance.randrange((1 << 21) // smaller), os.SEEK_CUR)
                file.write(b"end")
            if kind == 4:
                file.truncate(chance.randrange((1 << 22) // smaller))
    os.chown(path, chance.randrange(65536), chance.randrange(65536))
    os.chmod(path, chance.randrange(0o10000) | (0o700 if kind == 0 else 0))
    if kind > 4:
        os.setxattr(path, f"user.{chance.randrange(99)}", chance.randbytes(chance.randrange(100)))


def age(top: bytes, chance: Random) -> None:
    """Give all that is in a folder some time of change, to the nanosecond."""
    for folder, folders, names in os.walk(top, topdown=False):
        for name in (*folders, *names):
            when = chance.randrange(-(10**18), 4 * 10**18)
            os.utime(folder + b"/" + name, ns=(when, when), follow_symlinks=False)
    os.utime(top, ns=(10**18 + 7, 10**18 + 7))


def fields(root: Path) -> Fields:
    """Return every inode's fields and content, by path."""
    return _fields(os.fsencode(root))


def differences(first: Fields, second: Fields) -> list[str]:
    """Return how two trees differ, nothing when they are the same."""
    found = [f"{name!r} is in one alone" for name in sorted({*first} ^ {*second})]
    for name in sorted({*first} & {*second}):
        one, other = first[name], second[name]
        found += [
            f"{name!r}: {field} was {one[field]!r}, is {other[field]!r}"
            for field in one
            if one[field] != other[field]
        ]
    return found


def _fields(root: bytes) -> Fields:
    found: Fields = {}
    inodes: dict[int, bytes] = {}
    stack = [b""]
    while stack:
        path = stack.pop()
        full = root + path
        entry = os.lstat(full)
        first = inodes.setdefault(entry.st_ino, path)
        kind = stat.S_IFMT(entry.st_mode)
        found[path] = {
            "mode": oct(entry.st_mode),
            "owner": (entry.st_uid, entry.st_gid),
            "modified": entry.st_mtime_ns,
            "names": entry.st_nlink,
            "same as": first,
            "device": entry.st_rdev,
            "size": 0 if kind == stat.S_IFDIR else entry.st_size,
            "xattrs": {
                name: os.getxattr(full, name, follow_symlinks=False)
                for name in sorted(os.listxattr(full, follow_symlinks=False))
            },
            "link": os.readlink(full) if kind == stat.S_IFLNK else b"",
            "content": _content(full) if kind == stat.S_IFREG else None,
        }
        if kind == stat.S_IFDIR:
            stack += sorted((path + b"/" + name for name in os.listdir(full)), reverse=True)
    return found


def _content(path: bytes) -> object:
    holes, place = [], 0
    with open(path, "rb") as file:
        data = file.read()
        while place < len(data):
            hole = os.lseek(file.fileno(), place, os.SEEK_HOLE)
            if hole >= len(data):
                break
            try:
                place = os.lseek(file.fileno(), hole, os.SEEK_DATA)
            except OSError:
                place = len(data)
            holes.append((hole, place))
    return hash(data), holes
