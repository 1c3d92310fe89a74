"""What a workspace takes of its machine, as its supervisor measures it."""

from typing import Annotated

from msgspec import Meta, Struct, field

from wire.numbers import Amount, Count

MOST_POINTS = 144
"""Of a day that is told: one for ten minutes."""
MOST_FOLDERS, MOST_PATH = 8, 300
Points = Annotated[list[Count], Meta(max_length=MOST_POINTS)]


class Day(Struct, frozen=True, kw_only=True):
    """The last 24 hours, or as many as it has run; all lists are of one length, oldest first."""

    minutes: Count
    """That each point stands for; the last one ends about now."""
    cpu: Points = field(default_factory=list)
    """Thousandths of a core, the mean."""
    memory: Points = field(default_factory=list)
    """MiB, the most."""
    disk: Points = field(default_factory=list)
    """MiB at the end."""


class Folder(Struct, frozen=True, kw_only=True):
    """One of the folders that take most of the disk; of `/workspace/*` the files right there."""

    path: Annotated[str, Meta(max_length=MOST_PATH)]
    size: Count
    """Bytes below it, and of what is in it."""


class Usage(Struct, frozen=True, kw_only=True):
    """What the workspace takes; a limit of 0 is none, or not known."""

    cpu: Amount
    """Cores in use, averaged over the last seconds."""
    cores: Amount = 0.0
    """Cores it may use."""
    memory: Count = 0
    """Bytes, without what the kernel can drop at once."""
    memory_limit: Count = 0
    processes: Count = 0
    processes_limit: Count = 0
    disk: Count = 0
    """Bytes below /workspace and the home directory, counted every few minutes; 0 before."""
    disk_free: Count = 0
    """Bytes free on the disk, its own or the node's."""
    disk_limit: Count = 0
    """Bytes that its own disk holds; 0 where it shares the node's."""
    folders: Annotated[list[Folder], Meta(max_length=MOST_FOLDERS)] = field(default_factory=list)
    """Those that take most, as counted for `disk`; the largest first."""
