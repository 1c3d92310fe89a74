"""Bytes that can be sent, from any place of them: files, documents, what an upstream streams."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from kit.oci.trees import Tree

CHUNK = 1 << 20
"""Bytes that are read from a disk at once."""
OCTETS = "application/octet-stream"


class Content(Protocol):
    """Something with a size."""

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        ...

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Give the bytes from `start` to before `end`; may raise Fault in between."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest, whole in memory."""

    media_type: str
    digest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A content in memory."""

    body: bytes

    @property
    def size(self) -> int:
        return len(self.body)

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        yield self.body[start:end]


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file that does not change."""

    path: Path
    size: int

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self.path.open, "rb")
        with file:
            async for chunk in read_file(file, start, end):
                yield chunk


@dataclass(frozen=True, slots=True)
class OfTree:
    """The tar of a folder that does not change."""

    tree: Tree

    @property
    def size(self) -> int:
        return self.tree.size

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        pieces = self.tree.read(start, end)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece


async def read_file(file: BinaryIO, start: int, end: int) -> AsyncIterator[bytes]:
    """Give a part of an open file, which ends early when the file does."""
    await asyncio.to_thread(file.seek, start)
    while start < end and (chunk := await asyncio.to_thread(file.read, min(CHUNK, end - start))):
        start += len(chunk)
        yield chunk
