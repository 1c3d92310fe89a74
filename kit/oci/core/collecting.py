"""Which images and blobs of a store go: those unused for long, then the least recently used.

A blob goes when no image that stays leads to it, and not while it is young: it may be part of
an image that is just arriving and has no name yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GRACE = 6 * 3600.0
"""Seconds for which a blob without an image stays: longer than any pull or push takes."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an operator decides."""

    most: int | None = None
    """Bytes that the images together may have; None sets no limit. Held ones may have more."""
    unused: float | None = None
    """Seconds without use after which an image goes; None keeps it for good."""
    grace: float = GRACE


@dataclass(frozen=True, slots=True)
class Named:
    """An image with a name."""

    name: str
    blobs: frozenset[str]
    """All that it leads to, its manifest included."""
    used: float
    """When it was last used; seconds of the same clock as `now`."""
    held: bool = False
    """Somebody needs it now, so that it stays whatever the limits say."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob of the store."""

    size: int
    since: float
    """When it came, or was last said to be needed."""


@dataclass(frozen=True, slots=True)
class Going:
    """What goes: names first, then blobs."""

    names: list[str]
    blobs: list[str]


def choose(
    images: Iterable[Named],
    blobs: Mapping[str, Blob],
    keeping: Keeping,
    now: float,
    held: Iterable[str] = (),
) -> Going:
    """Return what goes. `held` are digests that stay with or without a name."""
    staying = sorted(images, key=lambda one: one.used)
    names: list[str] = []
    for one in list(staying):
        over = keeping.most is not None and _size(staying, blobs) > keeping.most
        old = keeping.unused is not None and now - one.used > keeping.unused
        if not one.held and (over or old):
            staying.remove(one)
            names.append(one.name)
    needed = set(held).union(*(one.blobs for one in staying))
    gone = [
        digest
        for digest, blob in blobs.items()
        if digest not in needed and now - blob.since > keeping.grace
    ]
    return Going(names, gone)


def _size(images: Iterable[Named], blobs: Mapping[str, Blob]) -> int:
    """Return the bytes of images: what several share counts once."""
    reached = frozenset().union(*(one.blobs for one in images))
    return sum(blobs[digest].size for digest in reached if digest in blobs)
