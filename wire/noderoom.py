"""What a node writes down of the room on its disks: read by the server and `podium status`."""

import msgspec
from msgspec import Struct


class PlaceRoom(Struct, frozen=True, kw_only=True):
    """A file system of the node, in bytes, as of its last change of state."""

    place: str
    """The folder that was looked at."""
    free: int
    total: int
    short: str
    """Why it is short, for people; empty when it is not."""


class Given(Struct, frozen=True, kw_only=True):
    """A cache that was given up."""

    cache: str
    freed: int
    at: float
    """Seconds since 1970."""


class NodeRoom(Struct, frozen=True, kw_only=True):
    """How it is on a node."""

    places: list[PlaceRoom]
    given: list[Given] = []
    """What was given up since its daemon has started, the newest last."""
    lost: str = ""
    """Why its daemon does not begin: a folder is not the one that it was."""


def encoded(told: NodeRoom) -> bytes:
    """Return the file's content."""
    return msgspec.json.encode(told)


def decoded(content: bytes) -> NodeRoom | None:
    """Return what a file says; None when it says nothing that can be read."""
    try:
        return msgspec.json.decode(content, type=NodeRoom)
    except msgspec.DecodeError:
        return None
