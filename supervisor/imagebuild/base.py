"""The layer that stands for the installation's own image: a tar of its files, always the same.

Names in order, ids as numbers, no times but the files' own: the same files give the same
bytes, so the registry has the layer after the first build from them. It is not packed:
packing takes longer than writing, and on one machine nothing goes over a wire.
"""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final

PIECE: Final = 1 << 20
_TAR: Final = (
    "/usr/bin/tar",
    "--create",
    "--file=-",
    "--sort=name",
    "--numeric-owner",
    "--format=pax",
    "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime,delete=mtime",
    "--xattrs",
    "--xattrs-include=security.capability",
    "--exclude=./proc/*",
    "--exclude=./sys/*",
    "--exclude=./dev/*",
    "--exclude=./run/*",
    "--exclude=./tmp/*",
)


async def pack(base: str) -> AsyncIterator[bytes]:
    """Yield the tar. Raises OSError when it cannot be made whole."""
    process = await asyncio.create_subprocess_exec(
        *_TAR,
        f"--directory={base}",
        ".",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=PIECE,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert process.stdout is not None
    while piece := await process.stdout.read(PIECE):
        yield piece
    if await process.wait():
        raise OSError("the files of the image cannot all be read")


async def measure(base: str) -> tuple[str, int]:
    """Return digest and size of the tar."""
    digest, size = sha256(), 0
    async for piece in pack(base):
        await asyncio.to_thread(digest.update, piece)
        size += len(piece)
    return f"sha256:{digest.hexdigest()}", size
