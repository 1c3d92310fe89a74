"""How much of each disk is kept back, so that all together promise no more than there is. Pure.

Disks are files with holes: what they may hold together is more than the node has. A disk into which
more is written than the node can take loses it, long after the program that wrote was told that
it went well. So what the node cannot give is taken out of them, as a file that nobody sees: then
who writes is refused at once, as on any disk that is full.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

NEAR: Final = 8 << 30
"""With so many bytes left nothing is kept back."""
_AGAIN: Final = NEAR // 4
"""So many more are to be left before what is kept back is let go of: nothing swings."""
OFTEN: Final = 1.0
SELDOM: Final = 10.0
"""Seconds between looks, at least and at most."""
_FAST: Final = 4_000_000_000
"""Bytes that workspaces write within a second at most: a look comes before the room is gone."""
_BLOCK: Final = 4096
_TABLES: Final = 16
"""A file of one block, the smallest that takes one, takes this part of it in tables too."""
_LEAST: Final = 64 << 20
_PART: Final = 50
"""Bytes, and the part of a smaller file system, that are kept free whatever the floor is: for the
node's own records, and for what they write who did not ask."""
_STEP: Final = 16 << 20
_OF_SHARE: Final = 8
"""It is kept back in steps, of that part of a share at most: a share moves with all that anybody
writes, and not every write is to move a file on each disk."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that is mounted, in bytes."""

    free: int
    """What may still be written, by anybody."""
    kept: int
    """Of this, what only the supervisor may write."""
    held: int
    """What is kept back of it now."""
    owed: int = 0
    """What it may take of the node besides: its files and its journal have that space already."""
    journal: int = 0
    """The size of its journal."""

    @property
    def claim(self) -> int:
        """What it may still take of the node."""
        return self.free + self.owed

    @property
    def promised(self) -> bool:
        """Tell whether space was set aside in files, which the node has not given yet."""
        return self.owed > self.journal + _STEP


def margin(floor: int, total: int) -> int:
    """Return the bytes of a file system of so many that no workspace is promised."""
    return min(max(floor, _LEAST), total // _PART)


def held(disks: Mapping[str, Disk], room: int) -> dict[str, int]:
    """Return how much is to be kept back of each, where the node has room for so many bytes.

    Room is shared evenly; what one does not need is the others'.
    """
    if not near(disks, room):
        return dict.fromkeys(disks, 0)
    most = {name: one.free + one.held for name, one in disks.items()}
    share = _share(most.values(), _for_files(left(disks, room)))
    return {name: _held(one, most[name], share) for name, one in disks.items()}


def held_alone(disk: Disk, others: Mapping[str, Disk], room: int) -> int:
    """Return how much is to be kept back of one disk, so that the others stay as they are."""
    if not near({**others, "": disk}, room):
        return 0
    claims = sum(one.claim for one in others.values())
    share = _for_files(max(room - claims - disk.owed, 0))
    return _held(disk, disk.free + disk.held, share)


def near(disks: Mapping[str, Disk], room: int) -> bool:
    """Tell whether anything is to be kept back, or still."""
    again = _AGAIN if any(one.held for one in disks.values()) else 0
    return left(disks, room) < NEAR + again


def scarce(disks: Mapping[str, Disk], room: int) -> bool:
    """Tell whether it is less than what all could write, and so matters what is still in memory."""
    claims = sum(one.claim + one.held for one in disks.values())
    return near(disks, room) and _for_files(room) < claims


def left(disks: Mapping[str, Disk], room: int) -> int:
    """Return the bytes of the room that are nobody's yet."""
    return max(room - sum(one.owed for one in disks.values()), 0)


def patience(room: int) -> float:
    """Return the seconds until the next look."""
    return min(max(room / _FAST, OFTEN), SELDOM)


def _for_files(room: int) -> int:
    return room * _TABLES // (_TABLES + 1)


def _share(most: Iterable[int], room: int) -> int:
    """Return the bytes that each may have, so that all together have the room."""
    ordered = sorted(most)
    for index, one in enumerate(ordered):
        share = room // (len(ordered) - index)
        if one > share:
            return share
        room -= one
    return ordered[-1] + room if ordered else 0


def _held(disk: Disk, most: int, share: int) -> int:
    step = 1 << max(min(_STEP, share // _OF_SHARE), _BLOCK).bit_length() - 1
    wanted = -(-(most - share // step * step) // _BLOCK) * _BLOCK if most > share else 0
    if 0 < disk.held - wanted < 2 * step and (wanted or most + step > share):
        wanted = disk.held
    return min(wanted, max(most - disk.kept, 0) // _BLOCK * _BLOCK)
