"""What becomes of each entry of a layer's tar: a step of the unpacking, or why it is refused. Pure.

A layer is a stranger's. Names are parsed to segments, so that none of them can lead out of
the root by itself; that none does through a link is the unpacking's matter, which sees
nothing but the root. What Docker unpacks is unpacked, with these exceptions: absolute names
and `..` are refused rather than bent, and devices are left out below /dev, where each
workspace gets its own, and refused elsewhere.

Only the standard library is imported: the unpacking child starts without anything else.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

NOBODY: Final = 65534
"""Who owns what belongs to a number that a workspace's range of ids has not."""
MOST_IDS: Final = 65536
LONGEST: Final = 4095
"""Bytes of a name, and of what a link says; Linux takes no more."""
LONGEST_SEGMENT: Final = 255
DEEPEST: Final = 256
"""Segments of a name."""
_WHITEOUT: Final = b".wh."
_OPAQUE: Final = b".wh..wh..opq"
_SHOWN: Final = 200
_CAPABILITY: Final = b"security.capability"
_CAPABILITY_LENGTH: Final = 20
"""Bytes of a file capability without an id of a namespace, which means nothing here."""
_KEPT_XATTRS: Final = b"user."
_OVERLAYS: Final = b"user.overlay."
_LATEST: Final = 1 << 40


class Kind(StrEnum):
    """What an entry says that it is."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    FIFO = "fifo"
    DEVICE = "device"
    OTHER = "other"


class Action(StrEnum):
    """What is done about an entry."""

    MAKE = "make"
    REMOVE = "remove"
    """What lower layers have under the name goes."""
    EMPTY = "empty"
    """What lower layers have in the folder goes."""
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a tar, as it stands there."""

    name: bytes
    kind: Kind
    link: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    size: int = 0
    modified: float = 0.0
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done; `path` and a hard link's `link` are segments below the root."""

    action: Action
    path: tuple[bytes, ...] = ()
    link: tuple[bytes, ...] = ()
    target: bytes = b""
    """What a symbolic link says."""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    modified: int = 0
    xattrs: Mapping[bytes, bytes] = field(default_factory=dict)


class Refused(Exception):
    """A layer that is not unpacked; the text names the entry and says why."""


@dataclass(slots=True)
class Allowance:
    """What is left to an image: bytes of its files, and entries."""

    bytes: int
    entries: int

    def take(self, entry: Entry) -> None:
        """Count an entry; raises Refused when the image has had its share."""
        self.entries -= 1
        if self.entries < 0:
            raise Refused("the image has more files than PODIUM_IMAGE_ENTRIES allows")
        if entry.size < 0:
            raise Refused(f"{shown(entry.name)} says that it has {entry.size} bytes")
        if entry.kind is Kind.FILE:
            self.bytes -= entry.size
        if self.bytes < 0:
            raise Refused(
                f"{shown(entry.name)} of {entry.size} bytes makes the image larger than "
                "PODIUM_IMAGE_LIMIT allows"
            )


def step_of(entry: Entry) -> Step:
    """Return what is done about an entry; raises Refused."""
    path = _segments(entry.name, entry.name)
    if path and path[-1].startswith(_WHITEOUT):
        return _whiteout(entry, path)
    if entry.kind is Kind.DEVICE:
        if path[:1] == (b"dev",):
            return Step(Action.SKIP)
        raise Refused(f"{shown(entry.name)} is a device")
    if entry.kind is Kind.OTHER:
        raise Refused(f"{shown(entry.name)} is of a kind that no image needs")
    if not path and entry.kind is not Kind.FOLDER:
        raise Refused(f"{shown(entry.name)} stands in the root's place and is no folder")
    link: tuple[bytes, ...] = ()
    if entry.kind is Kind.HARDLINK:
        link = _segments(entry.link, entry.name)
        if not link:
            raise Refused(f"{shown(entry.name)} is a second name of the root")
    elif entry.kind is Kind.SYMLINK:
        _check_target(entry, path)
    return Step(
        Action.MAKE,
        path,
        link,
        entry.link if entry.kind is Kind.SYMLINK else b"",
        entry.mode & 0o7777,
        _owner(entry.uid),
        _owner(entry.gid),
        _time(entry.modified),
        {name: value for name, value in entry.xattrs.items() if _kept(name, value)},
    )


def shown(name: bytes) -> str:
    """Return a name for people: one line, whatever is in it."""
    text = name[:_SHOWN].decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text) or "''"


def _segments(name: bytes, entry: bytes) -> tuple[bytes, ...]:
    if not name or len(name) > LONGEST or b"\0" in name:
        raise Refused(f"{shown(entry)} has no name that a file can have")
    if name.startswith(b"/"):
        raise Refused(f"{shown(entry)}: {shown(name)} is an absolute name")
    found = tuple(one for one in name.split(b"/") if one not in {b"", b"."})
    if b".." in found:
        raise Refused(f"{shown(entry)}: {shown(name)} leads upwards")
    if len(found) > DEEPEST or any(len(one) > LONGEST_SEGMENT for one in found):
        raise Refused(f"{shown(entry)} is too long, or too deep, for a file's name")
    return found


def _whiteout(entry: Entry, path: tuple[bytes, ...]) -> Step:
    if path[-1] == _OPAQUE:
        return Step(Action.EMPTY, path[:-1])
    hidden = path[-1].removeprefix(_WHITEOUT)
    if hidden.startswith(_WHITEOUT):
        return Step(Action.SKIP)  # of aufs, for itself
    if hidden in {b"", b".", b".."}:
        raise Refused(f"{shown(entry.name)} takes away what is no name")
    return Step(Action.REMOVE, (*path[:-1], hidden))


def _check_target(entry: Entry, path: tuple[bytes, ...]) -> None:
    """Refuse a link that climbs out of the root; an absolute one is the image's own, inside."""
    if not entry.link or len(entry.link) > LONGEST or b"\0" in entry.link:
        raise Refused(f"{shown(entry.name)} is a link to nothing")
    depth = 0 if entry.link.startswith(b"/") else len(path) - 1
    for one in entry.link.split(b"/"):
        if one == b"..":
            depth -= 1
        elif one not in {b"", b"."}:
            depth += 1
        if depth < 0:
            raise Refused(f"{shown(entry.name)} is a link out of the image: {shown(entry.link)}")


def _owner(number: int) -> int:
    return number if 0 <= number < MOST_IDS else NOBODY


def _time(seconds: float) -> int:
    if math.isnan(seconds):
        return 0
    return int(min(max(seconds, 0.0), _LATEST))


def _kept(name: bytes, value: bytes) -> bool:
    """Tell whether an extended attribute is kept: those that steer overlays are nobody's."""
    if name == _CAPABILITY:
        return len(value) == _CAPABILITY_LENGTH
    return name.startswith(_KEPT_XATTRS) and not name.startswith(_OVERLAYS) and len(value) < 65536
