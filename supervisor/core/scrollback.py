"""The last part of a terminal's output, addressed by absolute byte offset.

Offset 0 is the first byte the terminal ever wrote. A viewer that knows how far it
has read gets exactly what follows; what has been dropped it is told by the offset
of the answer.
"""

CAPACITY = 1_000_000
"""Bytes kept per terminal."""


class Scrollback:
    """A bounded byte history. `end` is the offset after the newest byte."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._chunks: list[bytes] = []
        self._held = 0
        self.end = 0

    @property
    def begin(self) -> int:
        """Offset of the oldest byte held."""
        return self.end - self._held

    def append(self, data: bytes) -> None:
        """Add output; the oldest goes when the capacity is passed."""
        if not data:
            return
        self._chunks.append(data)
        self._held += len(data)
        self.end += len(data)
        while self._held > self._capacity:
            surplus = self._held - self._capacity
            first = self._chunks[0]
            if len(first) <= surplus:
                self._chunks.pop(0)
                self._held -= len(first)
            else:
                self._chunks[0] = first[surplus:]
                self._held -= surplus
        assert self.begin >= 0

    def since(self, offset: int) -> tuple[int, bytes]:
        """Return (offset of the first byte, bytes) from `offset` on, or from the oldest held.

        An offset from the future (of another terminal's life) gets everything held.
        """
        start = offset if self.begin <= offset <= self.end else self.begin
        return start, b"".join(self._chunks)[start - self.begin :]
