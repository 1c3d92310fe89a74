"""A line of the log for each file, written as structlog would, at a fraction of its price.

Lines are gathered for a tenth of a second, and written before they are so many that it is felt.
"""

import asyncio
import json
import sys
import time
from typing import BinaryIO

_GATHER = 0.1
_MOST = 16 << 10


class Lines:
    """Lines on a stream; without one there are none."""

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream
        self._gathered: list[str] = []
        self._size = 0
        self._second, self._spelt = 0, ""
        self._timer: asyncio.TimerHandle | None = None

    def write(self, beginning: str) -> None:
        """Write a line, soon; `beginning` is of `served`."""
        if self._stream is None:
            return
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second = second
            self._spelt = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        self._gathered.append(f'{beginning}{self._spelt}.{int((now - second) * 1e6):06d}Z"}}\n')
        self._size += len(beginning) + 30
        if self._size > _MOST:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER, self.flush)

    def flush(self) -> None:
        """Write what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._gathered, self._size = self._gathered, [], 0
        if gathered and self._stream is not None:
            self._stream.write("".join(gathered).encode())
            self._stream.flush()


def log_of(level: str) -> Lines:
    """Return the log beside structlog's, of a process that tells so much."""
    return Lines(sys.stderr.buffer if level.lower() in {"debug", "info"} else None)


def served(method: str, path: str, status: int, encoding: str, count: int) -> str:
    """Return the line of an answer, but for its time and what closes it."""
    said = {
        "method": method,
        "path": path,
        "status": status,
        "encoding": encoding,
        "bytes": count,
        "event": "served",
        "process": "blobserve",
        "level": "info",
        "timestamp": "",
    }
    return json.dumps(said)[:-2]
