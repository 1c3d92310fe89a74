"""Workspace classes: a name stands for limits, so that no caller ever sends numbers."""

from collections.abc import Collection
from dataclasses import dataclass, replace

_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workspace may use at most: CPUs, bytes of memory, processes, bytes of disk."""

    cpus: float
    memory: int
    pids: int
    disk: int = 30 * _GIB
    """Of its files, its home and what it changes of the image, together."""
    containers: bool = True
    """Whether it can run containers of its own, for which its /proc is shown unmasked."""

    @property
    def shared_memory(self) -> int:
        """Bytes of /dev/shm: a quarter of the memory, which also counts against it."""
        return self.memory // 4


_CLASSES = {
    "small": Limits(cpus=1, memory=2 * _GIB, pids=1024, disk=20 * _GIB),
    "standard": Limits(cpus=2, memory=4 * _GIB, pids=2048, disk=30 * _GIB),
    "large": Limits(cpus=4, memory=8 * _GIB, pids=4096, disk=50 * _GIB),
}

NAMES = frozenset(_CLASSES)
DEFAULT = "standard"
DISK = _CLASSES[DEFAULT].disk
"""Bytes of the disk that most workspaces get."""


def limits_of(name: str, without_containers: Collection[str] = ()) -> Limits | None:
    """Return the limits of a class, or None for a name that is none.

    `without_containers` are the classes in which this node allows no containers.
    """
    limits = _CLASSES.get(name)
    if limits is None or name not in without_containers:
        return limits
    return replace(limits, containers=False)
