"""What a workspace's first tree is made of, in which order, and how that is told. Pure.

A composite is a base and what comes after it: a clone, a snapshot, or a prebuild that is brought
to what its repository is now; then files by their URLs. Only one part writes to a place, which
`orders` has seen to; the first that fails ends it, and nothing is left.
"""

from collections.abc import Sequence
from enum import StrEnum

from daemon.core.orders import PrepareOrder


class Part(StrEnum):
    """One of them; the word is what people read before there is a closer one."""

    CLONE = "cloning"
    THAW = "taking over what is there already"
    RENEW = "fetching what is new"
    DOWNLOAD = "downloading files"


def parts_of(order: PrepareOrder) -> tuple[Part, ...]:
    """Return the parts in their order."""
    if order.snapshot:
        base: tuple[Part, ...] = (Part.THAW,)
    elif order.prebuild:
        base = (Part.THAW, Part.CLONE, Part.RENEW)
    else:
        base = (Part.CLONE,)
    return (*base, Part.DOWNLOAD) if order.downloads else base


def spelled(parts: Sequence[Part], part: Part, text: str) -> str:
    """Return a line of progress with its place among the parts, where there are several."""
    if len(parts) == 1:
        return text
    return f"{parts.index(part) + 1} of {len(parts)}: {text}"
