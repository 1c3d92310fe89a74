"""A layer as it comes in: counted, hashed, unpacked from gzip or zstd, read once from front to end.

Memory stays bounded whatever a layer says: nothing is read in pieces larger than `LARGEST`,
which is also the longest header, and nothing is kept.
"""

import gzip
import sys
from hashlib import sha256
from types import ModuleType
from typing import IO, Final, Protocol, cast

from daemon.core.layers import Refused

LARGEST: Final = 1 << 20
"""Bytes of one read, and with that of a name, a link or attributes in a header."""
_MOST_WINDOW: Final = 1 << 27
"""Bytes of memory that zstd may ask for: what its own command takes at most by default."""
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_BLOCK: Final = 512


class Readable(Protocol):
    """Something that is read from front to end."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        ...


class Counted:
    """Hashes and counts what is read through it; refuses more than `most` bytes."""

    def __init__(self, source: Readable, most: int, excess: str) -> None:
        self._source = source
        self._left = most
        self._excess = excess
        self._hash = sha256()

    @property
    def digest(self) -> str:
        """Of what was read so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes. Raises Refused for one too many."""
        data = self._source.read(LARGEST if size < 0 else min(size, LARGEST))
        self._left -= len(data)
        if self._left < 0:
            raise Refused(self._excess)
        self._hash.update(data)
        return data

    def drain(self) -> None:
        """Read to the end."""
        while self.read(LARGEST):
            pass


class Begun:
    """A source of which the first bytes were read already."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = beginning
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        if not self._beginning:
            return self._rest.read(size)
        end = len(self._beginning) if size < 0 else size
        found, self._beginning = self._beginning[:end], self._beginning[end:]
        return found


class Forward:
    """What tarfile reads: it can tell where it is, and skip, but not go back."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._place = 0
        self._last = b""

    @property
    def ended_well(self) -> bool:
        """Whether what was read last is the end of a tar: nothing, or a block of zeros."""
        return not self._last.strip(b"\0")

    def tell(self) -> int:
        """Return the bytes read so far."""
        return self._place

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Skip forward to a place. Raises Refused when it lies behind."""
        if whence != 0 or offset < self._place:
            raise Refused("a header leads backwards in the layer")
        while self._place < offset:
            if not self.read(min(LARGEST, offset - self._place)):
                break
        return self._place

    def read(self, size: int = -1, /) -> bytes:
        """Return exactly so many bytes, fewer only at the end. Raises Refused for too many."""
        if not 0 <= size <= LARGEST:
            raise Refused(f"a header asks for {size} bytes at once")
        parts: list[bytes] = []
        while size > 0:
            data = self._source.read(size)
            if not data:
                break
            parts.append(data)
            size -= len(data)
        found = b"".join(parts)
        self._place += len(found)
        self._last = found[-_BLOCK:]
        return found


def decompressor(beginning: bytes, libraries: str) -> ModuleType | None:
    """Return what has to be imported for a layer that begins so, while it can be.

    `libraries` is the folder of installed packages, which this process starts without.
    """
    if not beginning.startswith(_ZSTD):
        return None
    sys.path.append(libraries)
    import zstandard  # noqa: PLC0415 -- from a folder that is known only now

    return zstandard


def opened(source: Counted, beginning: bytes, zstandard: ModuleType | None) -> Readable:
    """Return the layer's tar; how it is compressed its first bytes say, not its type."""
    if zstandard is not None:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
        found: Readable = unpacker.stream_reader(source, read_across_frames=True)
        return found
    if beginning.startswith(_GZIP):
        return gzip.GzipFile(fileobj=cast("IO[bytes]", source))  # it calls nothing but read
    return source
