"""A user namespace inside the instance's, with all of its ids: there RUN is root, and mounts.

The instance's root may not mount; the root of a namespace that it makes may, in mounts of
its own. Programs like newuidmap give only ranges of a person; the instance's root may map all.
Nothing in there may look into this process: its namespace is the one above.
"""

import asyncio
import ctypes
import os
from collections.abc import Mapping, Sequence
from typing import Final

_NEW_USER: Final = 0x10000000
_NEW_MOUNTS: Final = 0x00020000
_MAP: Final = b"0 0 65536\n"

ENTER: Final = """\
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).unshare(int(sys.argv[1])):
    sys.exit("unshare: " + os.strerror(ctypes.get_errno()))
os.write(1, b"r")
os.read(0, 1)
os.setgid(0)
os.setuid(0)
null = os.open("/dev/null", os.O_RDONLY)
os.dup2(null, 0)
os.dup2(2, 1)
os.execvp(sys.argv[2], sys.argv[2:])
"""
"""The child: it makes the namespaces, says so, waits for its ids, and becomes the command."""


async def start(
    python: Sequence[str], command: Sequence[str], environment: Mapping[str, str], folder: str
) -> asyncio.subprocess.Process:
    """Start a command in there; all its output comes on `stderr`. Raises OSError."""
    flags = str(_NEW_USER | _NEW_MOUNTS)
    process = await asyncio.create_subprocess_exec(
        *python,
        "-c",
        ENTER,
        flags,
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),
        cwd=folder,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    if await process.stdout.read(1) != b"r":
        await process.wait()
        raise OSError("no user namespace can be made inside this instance")
    for name in ("uid_map", "gid_map"):
        _write(f"/proc/{process.pid}/{name}")
    process.stdin.write(b"g")
    process.stdin.close()
    return process


def _write(path: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, _MAP)
    finally:
        os.close(descriptor)


def end_everything() -> None:
    """End every process but this one, which must be pid 1 of its namespace; else do nothing."""
    if os.getpid() == 1:
        ctypes.CDLL(None).kill(-1, 9)
