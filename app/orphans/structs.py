"""What is said of orphans, and asked about them."""

from typing import Annotated

from msgspec import Meta, Struct

from app.orphans.judging import Fate
from app.runtime.holdings import Kind

Name = Annotated[str, Meta(min_length=1, max_length=64)]
NodeName = Annotated[str, Meta(max_length=64)]


class OrphanView(Struct, frozen=True, kw_only=True):
    """One of them; times in seconds since 1970."""

    kind: Kind
    name: str
    fate: Fate
    place: str
    touched: float
    size: int
    goes: float | None
    """When it goes by itself; None: it never does."""
    about: str
    """What is known of it: the folder of its repository, branch and commit."""
    node: str
    """Which has it."""


class OrphanList(Struct, frozen=True, kw_only=True):
    """What one look has found."""

    looked: float | None
    """When; None: nobody has looked yet."""
    answered: bool
    """Whether every node has told what it has."""
    orphans: list[OrphanView]
    silent: list[str] = []
    """Nodes that have not: of these it is what they had before."""


class RemoveOrphan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/orphans/remove."""

    kind: Kind
    name: Name
    node: NodeName = ""
    """Needed where several nodes have it."""


class AdoptOrphan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/orphans/adopt."""

    name: Name
    node: NodeName = ""
    url: Annotated[str, Meta(max_length=2048)]


class Removed(Struct, frozen=True, kw_only=True):
    """What a removal has freed."""

    freed: int


class Adopted(Struct, frozen=True, kw_only=True):
    """The workspace that it is now."""

    workspace: str
    name: str
    points: int
    """Restore points that were found."""
