"""What the workspace took in the last 24 hours: a sample a minute, told as a line to draw. Pure.

Between two starts of a workspace they are bytes of a file that its person can write: what has
not exactly their form is nothing.
"""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wire.usage import MOST_POINTS, Day, Usage

MINUTE = 60.0
KEPT = 24 * 60
"""Samples."""
_MIB = 1 << 20
_MOST = 2**32 - 1
_HEAD = struct.Struct("<6sqI")
"""Of what is kept: mark, minute of the newest sample since 1970, count; then the three lists."""
_MARK = b"day 1\n"


@dataclass(frozen=True, slots=True)
class _Begun:
    """The minute that is being measured: looks so far, their sum of cpu, the greatest memory."""

    number: int
    looks: int = 0
    cpu: float = 0.0
    memory: int = 0
    disk: int = 0


class Samples:
    """Moments are monotonic seconds; memory of this process is bounded by KEPT."""

    def __init__(self) -> None:
        self._cpu, self._memory, self._disk = array("I"), array("I"), array("I")
        self._number = 0
        """Of the newest sample that is complete."""
        self._begun: _Begun | None = None

    def take(self, usage: Usage, now: float) -> bool:
        """Take in what is measured now; tells whether a minute is complete."""
        number, begun = int(now // MINUTE), self._begun
        complete = begun is not None and begun.number != number
        if begun is not None and complete:
            self._add(begun)
            for missing in range(begun.number + 1, min(number, begun.number + KEPT)):
                self._add(_Begun(missing, 1, 0.0, begun.memory, begun.disk))  # it was held still
        if begun is None or complete:
            begun = _Begun(number)
        self._begun = _Begun(
            number,
            begun.looks + 1,
            begun.cpu + usage.cpu,
            max(begun.memory, usage.memory),
            usage.disk,
        )
        return complete

    def _add(self, begun: _Begun) -> None:
        values = (
            round(1000 * begun.cpu / begun.looks),
            begun.memory // _MIB,
            begun.disk // _MIB,
        )
        for kept, value in zip(self._all, values, strict=True):
            kept.append(min(value, _MOST))
            del kept[:-KEPT]
        self._number = begun.number

    @property
    def _all(self) -> tuple["array[int]", "array[int]", "array[int]"]:
        return self._cpu, self._memory, self._disk

    def kept(self, wall: float, now: float) -> bytes:
        """Return what outlives this process; `wall` is now as seconds since 1970."""
        newest = round((wall - (now - MINUTE * self._number)) / MINUTE)
        lists = [struct.pack(f"<{len(one)}I", *one) for one in self._all]
        return _HEAD.pack(_MARK, newest, len(self._cpu)) + b"".join(lists)

    def recall(self, kept: bytes, wall: float, now: float) -> None:
        """Go on from what an earlier start has kept; in between nothing was taken."""
        if len(kept) < _HEAD.size:
            return
        mark, newest, count = _HEAD.unpack_from(kept)
        if mark != _MARK or not 0 < count <= KEPT or len(kept) != _HEAD.size + 12 * count:
            return
        missed = max(0, int(wall // MINUTE) - newest - 1)
        if missed >= KEPT:
            return
        values = struct.unpack_from(f"<{3 * count}I", kept, _HEAD.size)
        for number, one in enumerate(self._all):
            one[:] = array("I", values[number * count : (number + 1) * count])
        self._number = int(now // MINUTE) - 1 - missed
        for missing in range(self._number + 1, int(now // MINUTE)):
            self._add(_Begun(missing, 1, 0.0, 0, values[-1] * _MIB))

    def told(self) -> Day | None:
        """Return at most MOST_POINTS points, each of as many minutes; None before the first."""
        count = len(self._cpu)
        if not count:
            return None
        width = -(-count // MOST_POINTS)
        first = self._number - count + 1
        # points begin at fixed minutes, so that a line moves and does not shake
        cuts = [0, *(at for at in range(1, count) if (first + at) % width == 0), count]
        spans = list(pairwise(cuts))[-MOST_POINTS:]
        return Day(
            minutes=width,
            cpu=[_mean(self._cpu[begin:end]) for begin, end in spans],
            memory=[max(self._memory[begin:end]) for begin, end in spans],
            disk=[self._disk[end - 1] for _, end in spans],
        )


def _mean(values: Sequence[int]) -> int:
    return round(sum(values) / len(values))
