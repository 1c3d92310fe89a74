"""What has come of an image that is not there yet: an interrupted fetch goes on from it.

A folder beside the roots for each image, a file for each layer, packed as it comes. Nothing of it
is believed when it is read again: it goes through the same unpacking, which checks digests, as
what comes from the registry. Files are not synced: what a power cut damages is fetched anew.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing
from pathlib import Path
from typing import Final

import structlog

from daemon.host.registry import Source, Unavailable
from daemon.host.unpacking import Layer
from kit.oci.core.digests import hexadecimal

_log = structlog.get_logger(__name__)
PREFIX: Final = ".arriving-"
_DAY: Final = 86400.0
"""Seconds after which nobody goes on with an image."""
_PIECE: Final = 1 << 20
_ATTEMPTS: Final = 4
"""Times in a row that a layer may break off without a byte."""
_PAUSE: Final = 0.5
"""Seconds before the second attempt, doubled with each one."""


class Arriving:
    """One image that is on its way."""

    def __init__(self, roots: Path, image: str) -> None:
        self._folder = roots / f"{PREFIX}{hexadecimal(image)}"
        self.resumed = False
        """Whether anything was read that an earlier attempt has left."""

    async def layer(self, source: Source, name: str, layer: Layer) -> AsyncGenerator[bytes, None]:
        """Yield a layer: what is here, then the rest as it comes. Raises Unavailable."""
        path = self._folder / hexadecimal(layer.digest)
        there = await asyncio.to_thread(_left_of, path, layer.size)
        self.resumed = self.resumed or there > 0
        if there:
            with path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, _PIECE):
                    yield piece
        if there < layer.size:
            async with aclosing(_rest(source, name, layer, there)) as rest:
                async for chunk in _written(path, rest):
                    yield chunk

    def forget(self) -> None:
        """Remove what has come."""
        shutil.rmtree(self._folder, ignore_errors=True)


def sweep(roots: Path, now: float, most: int, busy: Collection[str] = ()) -> None:
    """Remove what nobody has gone on with for a day, and the oldest of more than `most` bytes.

    `busy` are images that are on their way just now.
    """
    held = {f"{PREFIX}{hexadecimal(one)}" for one in busy}
    found = []
    for folder in roots.glob(f"{PREFIX}*"):
        if folder.name not in held:
            files = [one.stat() for one in (folder, *folder.iterdir())]
            size = sum(one.st_size for one in files[1:])
            found.append((max(one.st_mtime for one in files), size, folder))
    total = 0
    for at, size, folder in sorted(found, reverse=True):
        total += size
        if now - at > _DAY or total > most:
            shutil.rmtree(folder, ignore_errors=True)


def _left_of(path: Path, size: int) -> int:
    """Return the bytes that an earlier attempt has left; more than there can be count as none."""
    try:
        found = path.stat().st_size
    except FileNotFoundError:
        return 0
    if found > size:
        path.unlink()
        return 0
    return found


async def _written(path: Path, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give the same, and append it to the file."""
    held = bytearray()
    try:
        async for chunk in chunks:
            held += chunk
            yield chunk
            if len(held) >= _PIECE:
                await asyncio.to_thread(_append, path, bytes(held))
                held.clear()
    finally:
        if held:
            _append(path, held)


def _append(path: Path, data: bytes | bytearray) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(data)


async def _rest(source: Source, name: str, layer: Layer, there: int) -> AsyncGenerator[bytes, None]:
    """Yield what is missing of a layer, asking again where it breaks off."""
    tries = 0
    while True:
        before = there
        try:
            async with aclosing(source.blob(name, layer.digest, there, layer.size)) as chunks:
                async for chunk in chunks:
                    there += len(chunk)
                    yield chunk
        except Unavailable as error:
            tries = 1 if there > before else tries + 1
            if error.code != "image_unreachable" or tries >= _ATTEMPTS:
                raise
            _log.info("layer_broke_off", layer=layer.digest, at=there, detail=str(error))
            await asyncio.sleep(_PAUSE * 2 ** (tries - 1))
        else:
            return  # one that ends well and too early is another one: its digest tells
