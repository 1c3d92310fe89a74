"""The ports of images, and the values they take and give.

A *supplier* knows where the image for a wish is: a registry's answer, or a build. *Roots* are
the nodes' root file systems. Adapters: `named` (the registry facade), `node` (the workspace
daemon), and `fake`, which ships in the package. Every call is an idempotent "make sure that".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from wire.ids import InstanceId
from wire.phases import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A start that waits for its image."""

    instance: InstanceId
    wish: Mapping[str, str]
    """What .gitpod.yml asked for, see `app.images.wish`."""
    name: str
    """What people call the image."""
    source: str = ""
    digest: str = ""
    """Where it is, once a supplier has said so."""
    url: str = ""
    revision: str = ""
    """Of the repository that was cloned."""
    owner: str = ""
    trusted: bool = False
    """Whether the repository gets anything of its person."""


class State(StrEnum):
    """How far something is."""

    ABSENT = "absent"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What a supplier has; `condition` and `told` say why it failed."""

    state: State
    source: str = ""
    """Repository, as the registry facade calls it."""
    digest: str = ""
    progress: str = ""
    """One line for people while it is at work."""
    condition: Condition = Condition.IMAGE_UNREACHABLE
    told: str = ""
    lacks: str = ""
    """What it has not of what was asked for, in sentences."""
    passing: bool = False
    """What it lacks may be had later: the next start asks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootStatus:
    """An image on a node."""

    state: State
    progress: str = ""
    condition: Condition = Condition.IMAGE_UNREACHABLE
    told: str = ""


class Supplier(Protocol):
    """Knows where the image for a wish is, or makes it."""

    async def supply(self, wanted: Wanted) -> Supply:
        """Make sure that the image is in a registry that the facade reads.

        May take its time; is asked again while it says that it is at work.
        """
        ...


class Roots(Protocol):
    """Root file systems of a node."""

    async def fetch(self, instance: InstanceId, image: str, source: str) -> RootStatus:
        """Make sure that an image is unpacked. Raises Unreachable, Fenced or Refused."""
        ...


class Passwords(Protocol):
    """What people may show to registries."""

    async def open(self, wanted: Wanted) -> None:
        """Have the registry of a start's image asked with the passwords of its person."""
        ...

    async def keep_only(self, instances: set[InstanceId]) -> None:
        """Forget the passwords of every start but those that still wait."""
        ...


class Truth(Protocol):
    """Whoever knows who waits, and has to be told."""

    async def wanted(self) -> list[Wanted]:
        """Return the starts that wait for their image."""
        ...

    async def told(self, instance: InstanceId, progress: str) -> None:
        """Take in how far it is."""
        ...

    async def supplied(self, instance: InstanceId, supply: Supply) -> None:
        """Take in where the image is; later starts of the same wish ask nobody.

        Unless what it lacks may be had later.
        """
        ...

    async def ready(self, instance: InstanceId) -> None:
        """Take in that the node has it: the start goes on."""
        ...

    async def failed(self, instance: InstanceId, condition: Condition, told: str) -> None:
        """Take in that it is not to be had: the start goes on with the default image."""
        ...


@dataclass(frozen=True, slots=True)
class ImagePorts:
    """The adapters: roots of the node, and a supplier for each kind of wish."""

    roots: Roots
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    """`name` and `file` → who supplies it."""
    passwords: Passwords | None = None
    """None: nobody has any."""
