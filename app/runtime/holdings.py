"""The port `Holdings`: what lies on a node's disk, also what nobody asks for.

Adapters: `app/runtime/nodeholdings.py` (the workspace daemon) and `app/runtime/fakeholdings.py`.
It only tells: what is to go goes by the calls of the other ports, which fence.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Kind(StrEnum):
    """What it is."""

    TREE = "tree"
    """Files of a workspace."""
    POINTS = "points"
    """Its restore points."""
    FROZEN = "frozen"
    """A snapshot's files."""


class Held(Struct, frozen=True, kw_only=True):
    """One thing that a node has."""

    kind: Kind
    name: str
    """Of the workspace, or the snapshot."""
    place: str = ""
    """Its folder, for people."""
    touched: float = 0.0
    """Seconds since 1970: when it was opened, closed or added to last."""
    highest: int = 0
    """Newest number of its workspace that the node has seen."""
    folder: str = ""
    """Name of the repository's folder in it, the clone's branch, and its commit."""
    branch: str = ""
    revision: str = ""
    size: int = 0
    """Bytes; 0 when they were not counted."""
    node: str = ""
    """Which has it, once that was asked of several."""


class Holdings(Protocol):
    """What a node has."""

    async def held(self, measured: Collection[str] = ()) -> list[Held]:
        """Return everything; bytes of those `measured` by name are counted. Raises Unreachable."""
        ...
