"""The chunked coding, undone."""

import re

from proxy.core.grammar import TEXT, forbidden_at, read_fields
from proxy.core.message import Headers

MAX_LINE = 4_096
"""Bytes of one line with a chunk's size."""
MAX_EXTENSIONS = 16_384
"""Bytes of all chunk extensions of a message; nobody uses them but to hide something."""
MAX_TRAILERS = 8_192
"""Bytes of a trailer section with its empty line."""

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;" + TEXT + rb"*+)?")
_SIZE_BEGUN = re.compile(rb"[0-9A-Fa-f]{1,15}(?:;" + TEXT + rb"*+)?\r?")

_LINE, _DATA, _BREAK, _TRAILERS, _DONE, _BROKEN = range(6)


class ChunkReader:
    """Takes the body of one message out of the bytes that follow its head.

    What is not whole yet (a size, a trailer section) is left where it is: the caller
    keeps it and comes again with more.
    """

    def __init__(self) -> None:
        self.trailers: Headers = []
        self._stage = _LINE
        self._need = 0
        self._extensions = 0

    @property
    def done(self) -> bool:
        """Whether the body has ended."""
        return self._stage == _DONE

    @property
    def broken(self) -> bool:
        """Whether the coding is at fault, so that nothing behind it means anything."""
        return self._stage == _BROKEN

    def read(self, data: bytes, at: int, pieces: list[bytes]) -> int:
        """Add the body's bytes in `data` from `at` on to `pieces`; return where it stopped."""
        while True:
            stage = self._stage
            if stage == _DATA:
                at = self._piece(data, at, pieces)
            elif stage == _BREAK:
                at = self._break(data, at)
            elif stage == _LINE:
                at = self._size(data, at)
            elif stage == _TRAILERS:
                return self._end(data, at)
            if self._stage == stage:
                return at

    def _piece(self, data: bytes, at: int, pieces: list[bytes]) -> int:
        piece = data[at : at + self._need]
        if piece:
            pieces.append(piece)
        self._need -= len(piece)
        if not self._need:
            self._stage = _BREAK
        return at + len(piece)

    def _break(self, data: bytes, at: int) -> int:
        if data.startswith(b"\r\n", at):
            self._stage = _LINE
            return at + 2
        if data[at : at + 2] not in {b"", b"\r"}:
            self._stage = _BROKEN
        return at

    def _size(self, data: bytes, at: int) -> int:
        end = data.find(b"\r\n", at, at + MAX_LINE + 2)
        if end < 0:
            line = data[at : at + MAX_LINE + 2]
            whole = not line or _SIZE_BEGUN.fullmatch(line) is not None
            if not whole or len(line) >= MAX_LINE + 2:
                self._stage = _BROKEN
            return at
        found = _SIZE.fullmatch(data, at, end)
        if found is None:
            self._stage = _BROKEN
            return at
        digits = found.end(1)
        self._extensions += end - digits
        if self._extensions > MAX_EXTENSIONS:
            self._stage = _BROKEN
            return at
        self._need = int(data[at:digits], 16)
        self._stage = _DATA if self._need else _TRAILERS
        return end + 2

    def _end(self, data: bytes, at: int) -> int:
        if data.startswith(b"\r\n", at):
            self._stage = _DONE
            return at + 2
        end = data.find(b"\r\n\r\n", at, at + MAX_TRAILERS)
        if end < 0:
            begun = data[at : at + MAX_TRAILERS]
            if len(begun) == MAX_TRAILERS or forbidden_at(begun, 0) >= 0:
                self._stage = _BROKEN
            return at
        trailers = read_fields(data[at : end + 2])
        if trailers is None:
            self._stage = _BROKEN
            return at
        self.trailers = trailers
        self._stage = _DONE
        return end + 4
