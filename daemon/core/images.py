"""What an image on this node is: its state for callers, its record on the disk, and which go.

`image.json` beside the root is the truth. It comes into its place together with the root, in
one rename, so a folder that has it is whole.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from daemon.core.faults import Fault

REST: Final = 3600.0
"""Seconds after its last use in which no root is removed: a start may be about to use it."""


class State(StrEnum):
    """What an image is; the words of the wire."""

    ABSENT = "absent"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Status(Struct, frozen=True, kw_only=True):
    """What a caller is told."""

    image: str
    state: State
    progress: str = ""
    received: int = 0
    """Bytes that were fetched."""
    size: int = 0
    """Bytes that are to be fetched; of a ready one those that its files take."""
    fault: Fault | None = None
    took: float = 0.0


class Record(Struct, frozen=True, kw_only=True):
    """The content of `image.json`."""

    image: str
    source: str
    size: int
    """Bytes of its files."""
    entries: int
    env: list[str] = field(default_factory=list)
    """Variables of its configuration, `NAME=value`."""


class Kept(Struct, frozen=True, kw_only=True):
    """A root on the disk."""

    image: str
    size: int
    used: float
    """When it was used last, seconds since 1970."""


def progress_of(received: int, size: int) -> str:
    """Return the one line for people."""
    if not size:
        return "fetching the image"
    return f"fetching the image: {_megabytes(received)} of {_megabytes(size)} MB"


def superfluous(
    kept: Iterable[Kept], used: Collection[str], most: int, now: float, unused: float = 0.0
) -> list[str]:
    """Return the images that go.

    Those unused for so many seconds do, and so many more that the others take `most` bytes at
    most; 0 is no limit of either. Those not used for longest go first, and none that a container
    uses or may be about to.
    """
    everything = sorted(kept, key=lambda one: one.used)
    excess = sum(one.size for one in everything) - most if most else 0
    gone: list[str] = []
    for one in everything:
        if one.image in used or now - one.used < REST:
            continue
        if excess <= 0 and not (unused and now - one.used > unused):
            break
        gone.append(one.image)
        excess -= one.size
    return gone


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f}" if count < 10_000_000 else f"{count / 1e6:.0f}"
