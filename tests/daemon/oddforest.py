"""As many odd files as one likes, and what is at the edge of what a file system takes.

Names of 255 bytes and of any byte, a path that is nearly as long as paths may be, a folder with
very many entries, files with very many names in other folders, owners up to the last id.
"""

import os
from contextlib import chdir
from pathlib import Path
from random import Random
from typing import Final

from tests.daemon.oddtree import age, grow

_LONGEST: Final = 255
"""Bytes of a name."""
_PATH: Final = 3900
"""Bytes of the longest path; where the tree lies on the host takes a part of the 4095."""
_NAMES: Final = (
    *(b"-", b"--help", b"-rf", b" ", b"  two", b"new\nline", b"\n", b"\r", b"\t", b"*", b"?", b"~"),
    *(b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\x92\xbe", b"e\xcc\x81", b"\xc3\xa9"),
    *(b"...", b".hidden", b"CON", b"a:b", b"back\\slash", b'"quoted"', b"$HOME", b"%s%n", b"#"),
    *(b"\x01\x7f\x1b[31m", b"x" * _LONGEST, b"\xff" * _LONGEST, b"podium.json", b"\xe2\x80\xae"),
)
_OWNERS: Final = (0, 1, 33333, 65533, 65534, 65535)


def plant(root: Path, seed: int, count: int) -> None:
    """Fill a folder with about so many files."""
    chance, top = Random(seed), os.fsencode(root)
    grow(root, seed, count // 2, small=True)
    _strange(top + b"/names", chance)
    _crowd(top + b"/crowd", count * 2 // 5, chance)
    _linked(top, count // 10, chance)
    _deep(top, chance)
    age(top, chance)


def _strange(top: bytes, chance: Random) -> None:
    os.mkdir(top, 0o3777)
    for kind in (b"files", b"folders", b"links"):
        os.mkdir(top + b"/" + kind)
        for name in _NAMES:
            path = top + b"/" + kind + b"/" + name
            if kind == b"files":
                Path(os.fsdecode(path)).write_bytes(name)
                os.chown(path, chance.choice(_OWNERS), chance.choice(_OWNERS))
                os.chmod(path, chance.randrange(0o10000))
            elif kind == b"folders":
                os.mkdir(path, 0o700)
                os.chmod(path, 0o700 | chance.randrange(0o10000))
            else:
                os.symlink(name, path)


def _crowd(top: bytes, count: int, chance: Random) -> None:
    """Make a folder with very many files, most of them empty."""
    os.mkdir(top)
    with chdir(top):
        for n in range(count):
            name = b"%d-%s" % (n, chance.randbytes(n % 30).replace(b"/", b"").replace(b"\0", b""))
            with open(name, "wb") as file:
                if n % 4 == 0:
                    file.write(b"%d" % n)
            os.chown(name, n % 65536, (n * 7) % 65536)
            os.chmod(name, n % 0o10000)


def _linked(top: bytes, count: int, chance: Random) -> None:
    """Give a few files very many names, spread over folders."""
    folders = [top + b"/linked %d" % n for n in range(20)]
    for one in folders:
        os.mkdir(one)
    for n in range(max(count // 1000, 2)):
        path = folders[0] + b"/first %d" % n
        Path(os.fsdecode(path)).write_bytes(b"%d" % n)
        for other in range(min(count, 1000)):
            os.link(path, chance.choice(folders) + b"/%d of %d" % (other, n))


def _deep(top: bytes, chance: Random) -> None:
    with chdir(top):
        left = _PATH - len(top)
        while left > 0:
            name = bytes(chance.choice(b"abc\xff\n") for _one in range(min(_LONGEST, left)))
            os.mkdir(name)
            os.chdir(name)
            left -= len(name) + 1
        Path("at the end").write_text("here")
