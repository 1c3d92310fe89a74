"""Where the output of a terminal lies: the newest bytes in memory, older ones on the disk. Pure.

Offset 0 is the first byte the terminal ever wrote. A viewer that knows how far it has read gets
exactly what follows; what has been dropped it is told by the offset of the answer.

The disk is a ring: the byte of offset n has its place at n modulo CAPACITY, and only this
book-keeping says what in it is valid. Writing is asked for by `due` and happens elsewhere, so
that neither a slow nor a full disk is felt by the shell: what the disk does not take stays in
memory, as far as MOST goes, and then the oldest is dropped with all that lies on the disk.
"""

from collections.abc import Iterator

CAPACITY = 12 * 2**20
"""Bytes on the disk for each terminal; ten megabytes are promised."""
PIECE = 256 * 1024
"""Bytes that are written at a time."""
KEPT = 256 * 1024
"""Bytes that stay in memory though the disk has them: what viewers who keep up are given."""
MOST = 2 * 2**20
"""Bytes in memory when the disk takes nothing."""


class Scrollback:
    """The book-keeping of one terminal, and its newest bytes. `end` is after the newest byte."""

    def __init__(
        self, capacity: int = CAPACITY, piece: int = PIECE, kept: int = KEPT, most: int = MOST
    ) -> None:
        assert kept + 2 * piece <= most, "a piece being written, and one that comes meanwhile"
        assert piece <= capacity, "a piece fits into the ring"
        self._capacity = capacity
        self._piece = piece
        self._kept = kept
        self._most = most
        self._held = bytearray()
        self._first = 0
        """Offset of the first byte on the disk that is valid."""
        self.written = 0
        """Offset after the last byte on the disk; that of the memory's first while it has none."""
        self.end = 0

    @property
    def begin(self) -> int:
        """Offset of the oldest byte that can still be read."""
        return min(self._first, self.memory)

    @property
    def memory(self) -> int:
        """Offset of the oldest byte in memory."""
        return self.end - len(self._held)

    def append(self, data: bytes) -> None:
        """Add output."""
        self._held += data
        self.end += len(data)
        self._trim()

    def start(self, offset: int) -> int:
        """Return where reading begins for who wishes for an offset.

        A negative one counts from the end. One from the future (of another terminal's life)
        gets everything that is held.
        """
        if offset < 0:
            offset = max(0, self.end + offset)
        return max(offset, self.begin) if offset <= self.end else self.begin

    def recent(self, offset: int, limit: int | None = None) -> bytes | None:
        """Return at most `limit` bytes from `offset` on; None when memory does not reach back."""
        at = offset - self.memory
        if at < 0:
            return None
        return bytes(self._held[at : None if limit is None else at + limit])

    def stored(self, offset: int, limit: int) -> int:
        """Return how many of the bytes from `offset` on lie on the disk, at most `limit`."""
        return min(limit, self.written - offset) if offset >= self._first else 0

    def due(self) -> tuple[int, bytes] | None:
        """Return what has to be written now: its offset and the bytes.

        What lies there in the ring is invalid from this moment on.
        """
        if len(self._held) < self._kept + self._piece or self.end - self.written < self._piece:
            return None
        data = self.recent(self.written, self._piece)
        assert data is not None, "what is not written is in memory"
        self._first = max(self._first, self.written + len(data) - self._capacity)
        return self.written, data

    def wrote(self, offset: int, count: int) -> None:
        """Note that the disk has taken what `due` gave, or the first `count` bytes of it."""
        if offset == self.written:  # else it has been dropped meanwhile
            self.written += count
            self._trim()

    def forget(self) -> None:
        """Take nothing on the disk for valid any more."""
        self._first = self.written = self.memory

    def _trim(self) -> None:
        """Drop what the disk has as well, and what is too much."""
        spare = min(len(self._held) - self._kept, self.written - self.memory)
        if spare > 0:
            del self._held[:spare]
        surplus = len(self._held) - self._most
        if surplus > 0:  # the disk does not take it: there must be no hole in the middle
            del self._held[:surplus]
            self.forget()


def places(offset: int, count: int, capacity: int = CAPACITY) -> Iterator[tuple[int, int]]:
    """Yield (place in the ring, bytes) of a piece: two when it goes over the ring's end."""
    while count > 0:
        place = offset % capacity
        part = min(count, capacity - place)
        yield place, part
        offset, count = offset + part, count - part
