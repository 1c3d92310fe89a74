"""One JSON line per request, written cheaply: no logging library on the hot path.

Lines are gathered for a tenth of a second, and written before they become so many
that the write would be felt.
"""

import asyncio
from typing import BinaryIO

import msgspec

from proxy.core.record import Record

GATHER = 0.1
"""Seconds."""
MOST = 16_384
"""Bytes."""


class AccessLog:
    """Lines on a stream; with `enabled` off it costs nothing."""

    def __init__(self, stream: BinaryIO, *, enabled: bool = True) -> None:
        self._stream = stream
        self._enabled = enabled
        self._lines: list[bytes] = []
        self._size = 0
        self._encoder = msgspec.json.Encoder()
        self._timer: asyncio.TimerHandle | None = None

    def write(self, record: Record) -> None:
        """Write a request's line, soon."""
        if not self._enabled:
            return
        line = self._encoder.encode(record)
        self._lines.append(line)
        self._size += len(line)
        if self._size > MOST:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self.flush)

    def flush(self) -> None:
        """Write what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines, self._size = self._lines, [], 0
        if lines:
            self._stream.write(b"\n".join(lines) + b"\n")
            self._stream.flush()
