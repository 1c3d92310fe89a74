"""Writing a blob: counted and hashed on the way, under its digest only when it is what was said.

What an attempt at an expected blob has written stays when it breaks off, and the next attempt
goes on behind it. Two at the same blob do not meet: the second writes a file of its own.
"""

import os
import secrets
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from kit.folders import sync_folder
from kit.oci.core.digests import hexadecimal, spelt
from kit.oci.core.documents import Descriptor, check_descriptor
from kit.oci.core.refusals import Refused
from kit.oci.locking import is_at, try_lock

PART = ".part"
"""Ends the name of a file that may be gone on from; others of the folder are leftovers."""
_CHUNK = 1 << 20


class Writer:
    """One attempt at one blob; use it as a context manager.

    `commit` puts the blob in place. Without it, what was written stays to be gone on from when
    the digest was said before, and is removed otherwise.
    """

    def __init__(
        self, ingest: Path, blobs: Path, expected: Descriptor | None, limit: int | None
    ) -> None:
        if expected is not None:
            check_descriptor(expected)
        self._blobs, self._expected = blobs, expected
        self._limit = expected.size if expected is not None else limit
        self._lasting = False
        self._path = ingest / secrets.token_hex(16)
        self._descriptor = self._opened(ingest)
        self._hash = sha256()
        self.offset = 0
        """Bytes that are there already: where to go on."""
        self._read_again()

    def _opened(self, ingest: Path) -> int:
        flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
        if self._expected is not None:
            part = ingest / (hexadecimal(self._expected.digest) + PART)
            descriptor = os.open(part, flags, 0o600)
            # another may have put it in place between our opening and our lock
            if try_lock(descriptor) and is_at(descriptor, part):
                self._path, self._lasting = part, True
                return descriptor
            os.close(descriptor)
        # whoever sweeps leftovers away may take it for one before it is locked
        while True:
            descriptor = os.open(self._path, flags, 0o600)
            if try_lock(descriptor) and is_at(descriptor, self._path):
                return descriptor
            os.close(descriptor)

    def _read_again(self) -> None:
        """Hash what an earlier attempt has left."""
        if not self._lasting:
            return
        while chunk := os.pread(self._descriptor, _CHUNK, self.offset):
            self._hash.update(chunk)
            self.offset += len(chunk)
        if self._limit is not None and self.offset > self._limit:
            self.restart()

    def restart(self) -> None:
        """Forget what is there, and begin at the first byte."""
        os.ftruncate(self._descriptor, 0)
        self._hash, self.offset = sha256(), 0

    def write(self, chunk: bytes) -> None:
        """Add bytes; raises Refused when there are more than was said."""
        if self._limit is not None and self.offset + len(chunk) > self._limit:
            self._lasting = False
            raise Refused(f"{self._what()} has more than the {self._limit} bytes that were said")
        view = memoryview(chunk)
        while view:
            written = os.pwrite(self._descriptor, view, self.offset)
            self.offset += written
            view = view[written:]
        self._hash.update(chunk)

    @property
    def digest(self) -> str:
        """Digest of what is there so far."""
        return spelt(self._hash.hexdigest())

    def commit(self) -> str:
        """Put the blob in place and return its digest; raises Refused when it is another one."""
        digest, expected = self.digest, self._expected
        if expected is not None and (digest, self.offset) != (expected.digest, expected.size):
            if digest == expected.digest or self.offset == expected.size:
                self._lasting = False  # going on would not mend it
            raise Refused(
                f"{expected.digest} was said to be {expected.size} bytes; what came are "
                f"{self.offset}, and {digest}"
            )
        os.fsync(self._descriptor)
        os.fchmod(self._descriptor, 0o644)
        self._path.rename(self._blobs / hexadecimal(digest))
        sync_folder(self._blobs)
        self._lasting = True
        return digest

    def _what(self) -> str:
        return self._expected.digest if self._expected is not None else "the blob"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the attempt; more than once is no error."""
        if self._descriptor < 0:
            return
        if not self._lasting:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1


def replaced(path: Path, content: bytes) -> None:
    """Give a file a new content: after a crash it has the old one or this."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with fresh.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync_folder(path.parent)
