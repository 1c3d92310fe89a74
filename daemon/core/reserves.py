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
"""With so many bytes left nothing is kept back: no workspace writes them between two looks."""
OFTEN: Final = 1.0
SELDOM: Final = 10.0
"""Seconds between looks, near and far from that."""
_BLOCK: Final = 4096
_TABLES: Final = 16
"""A file of one block, the smallest that takes one, takes this part of it in tables too."""
_LEAST: Final = 64 << 20
_PART: Final = 50
"""Bytes, and the part of a smaller file system, that are kept free whatever the floor is: for the
node's own records, and for what they write who did not ask."""
_STEP: Final = 16 << 20
_OF_SHARE: Final = 8
"""Nothing is given back for a smaller change: a share moves with all that anybody writes."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that is mounted, in bytes."""

    free: int
    """What may still be written, by anybody."""
    kept: int
    """Of this, what only the supervisor may write."""
    held: int
    """What is kept back of it now."""
    journal: int = 0
    """What its journal may still take of the node."""


def margin(floor: int, total: int) -> int:
    """Return the bytes of a file system of so many that no workspace is promised."""
    return min(max(floor, _LEAST), total // _PART)


def held(disks: Mapping[str, Disk], room: int) -> dict[str, int]:
    """Return how much is to be kept back of each, where the node has room for so many bytes.

    Room is shared evenly; what one does not need is the others'.
    """
    most = {name: one.free + one.held for name, one in disks.items()}
    if room >= NEAR:
        return dict.fromkeys(disks, 0)
    left = max(room - sum(one.journal for one in disks.values()), 0)
    share = _share(most.values(), left * _TABLES // (_TABLES + 1))
    return {name: _held(one, most[name], share) for name, one in disks.items()}


def patience(room: int) -> float:
    """Return the seconds until the next look."""
    return OFTEN if room < 2 * NEAR else SELDOM


def _share(most: Iterable[int], room: int) -> int:
    """Return the bytes that each may have, so that all together have the room."""
    ordered = sorted(most)
    for index, one in enumerate(ordered):
        share = room // (len(ordered) - index)
        if one > share:
            return share
        room -= one
    return ordered[-1] if ordered else 0


def _held(disk: Disk, most: int, share: int) -> int:
    wanted = min(max(most - share, 0), max(most - disk.kept, 0))
    wanted = -(-wanted // _BLOCK) * _BLOCK
    given_back = disk.held - wanted
    if wanted and 0 < given_back < min(_STEP, share // _OF_SHARE):
        return disk.held
    return wanted
