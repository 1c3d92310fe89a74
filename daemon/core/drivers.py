"""How a tree begins as a frozen one: what this node can, best first. Pure."""

from enum import StrEnum


class Driver(StrEnum):
    """Ways to have a frozen tree's files in a workspace; the first two cost no more with size."""

    OVERLAY = "overlay"
    """It stands on the frozen tree, which stays as long."""
    REFLINK = "reflink"
    """A copy that shares its blocks; a file costs, its size does not."""
    COPY = "copy"


def chosen(*, overlay: bool, reflink: bool) -> Driver:
    """Return the best driver of those that a trial has shown to work."""
    if overlay:
        return Driver.OVERLAY
    return Driver.REFLINK if reflink else Driver.COPY
