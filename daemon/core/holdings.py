"""What lies on a node's disk under the name of a workspace or a snapshot. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What it is; the words of the wire."""

    TREE = "tree"
    POINTS = "points"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Holding:
    """One of them."""

    kind: Kind
    name: str
    place: str
    """Its folder, for people."""
    touched: float
    """Seconds since 1970: when it was opened, closed or added to last."""
    highest: int = 0
    """Fencing number of its workspace."""
    folder: str = ""
    """Name of the repository's folder in a tree, what its clone was of, and the commit."""
    branch: str = ""
    revision: str = ""
    bytes: int = 0
    """0 when they were not counted."""
