"""When a file system of the node is short, and what is given up for it. Pure.

Only what can be had again goes, what costs least to have again first. Files of workspaces, their
restore points and snapshots are never among it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_PART: Final = 50
"""A floor is a fiftieth of its file system at most: small ones are to be of use, too."""
_AMPLE: Final = 2
"""So many floors are to be free again before giving up ends, or the next file begins it anew."""


class Cache(StrEnum):
    """What may go, in this order."""

    LEFTOVERS = "leftovers"
    """Halves of images that nobody goes on with."""
    SPARE = "spare"
    """The empty disk that is ready for the next workspace."""
    MIRRORS = "mirrors"
    """Mirrors of repositories that nobody clones from just now: fetched again."""
    IMAGES = "images"
    """Unpacked images that nobody runs from: fetched again."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is to stay free of each file system."""

    bytes: int
    inodes: int


@dataclass(frozen=True, slots=True)
class Room:
    """A file system, as it is."""

    place: str
    device: int
    free: int
    """Bytes, and below inodes; of those `total` is 0 where the file system counts none."""
    total: int
    inodes_free: int
    inodes: int


def least(room: Room, floor: Floor) -> Floor:
    """Return what is to stay free of this one."""
    return Floor(min(floor.bytes, room.total // _PART), min(floor.inodes, room.inodes // _PART))


def is_short(room: Room, floor: Floor, times: int = 1) -> bool:
    """Tell whether less than so many floors are free."""
    low = least(room, floor)
    return room.free < times * low.bytes or room.inodes_free < times * low.inodes


def lacks(room: Room, floor: Floor) -> bool:
    """Tell whether giving up has to go on."""
    return is_short(room, floor, _AMPLE)


def order(caches: Mapping[Cache, int], device: int) -> list[Cache]:
    """Return what may help a file system: the caches that lie on it, by their devices."""
    return [one for one in Cache if caches.get(one) == device]


def words(room: Room, floor: Floor) -> str:
    """Return how it is, for people."""
    low = least(room, floor)
    if room.free < low.bytes:
        return f"{room.place} has {_size(room.free)} free, and {_size(low.bytes)} are to stay free"
    return f"{room.place} has {room.inodes_free} inodes free, and {low.inodes} are to stay free"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1_000_000_000 else f"{count / 1e6:.1f} MB"
