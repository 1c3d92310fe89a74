"""The life cycle's vocabulary: phases of an instance, steps of a start, conditions.

The words are the same in the database, in the API, in events and on pages.
"""

from enum import StrEnum


class Phase(StrEnum):
    """Where an instance stands. Order is the order of a normal life."""

    PREPARING = "preparing"
    BUILDING = "building"
    PENDING = "pending"
    CREATING = "creating"
    INITIALIZING = "initializing"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"

    @property
    def live(self) -> bool:
        """Whether the instance holds, or may still get, anything on a node."""
        return self is not Phase.STOPPED

    @property
    def starting(self) -> bool:
        """Whether the instance is on its way to running."""
        return self in _STARTING


_STARTING = frozenset(
    {Phase.PREPARING, Phase.BUILDING, Phase.PENDING, Phase.CREATING, Phase.INITIALIZING}
)


class Step(StrEnum):
    """The nine steps of a start, in the order in which the start page draws them."""

    ACCEPTED = "accepted"
    CONTEXT = "context"
    IMAGE = "image"
    PLACE = "place"
    CONTENT = "content"
    CONTAINER = "container"
    SUPERVISOR = "supervisor"
    CHECKOUT = "checkout"
    IDE = "ide"


class StepState(StrEnum):
    """How far a step has come."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class StopReason(StrEnum):
    """Why a start was stopped; the first reason stays."""

    REQUESTED = "requested"
    TIMED_OUT = "timed_out"
    """Nobody used it for as long as its timeout says."""
    LIFETIME = "lifetime"
    """It had run for as long as any start may."""
    ENDED_INSIDE = "ended_inside"
    """Its first process ended well by itself."""
    FAILED = "failed"
    """There is a problem that says more."""
    DELETED = "deleted"
    FORCED = "forced"


class Condition(StrEnum):
    """Facts that stand beside the phase; each has a code, a cause and a cure."""

    CONTENT_FAILED = "content_failed"
    CONTENT_MISSING = "content_missing"
    CONTENT_STALE = "content_stale"
    """What a node holds is older than the workspace."""
    IMAGE_MISSING = "image_missing"
    IMAGE_PENDING = "image_pending"
    """The image asked for is not built yet; the default one is used."""
    IMAGE_PARTIAL = "image_partial"
    """What stands for the image asked for has not all of it."""
    IMAGE_UNKNOWN = "image_unknown"
    """There is none of the name that was asked for; the default one is used."""
    IMAGE_DENIED = "image_denied"
    IMAGE_UNREACHABLE = "image_unreachable"
    IMAGE_REFUSED = "image_refused"
    """It is not unpacked here, for what is in it."""
    IMAGE_DOCKERFILE = "image_dockerfile"
    """The Dockerfile that is asked for cannot be built at all, or may not be."""
    IMAGE_BUILD_FAILED = "image_build_failed"
    START_FAILED = "start_failed"
    SUPERVISOR_SILENT = "supervisor_silent"
    CHECKOUT_FAILED = "checkout_failed"
    SUBMODULES_FAILED = "submodules_failed"
    LFS_FAILED = "lfs_failed"
    REPOSITORIES_FAILED = "repositories_failed"
    """Of those that .gitpod.yml names beside the one that was opened."""
    DOTFILES_FAILED = "dotfiles_failed"
    FILES_ARRIVING = "files_arriving"
    CONFIG_INVALID = "config_invalid"
    CONFIG_PARTIAL = "config_partial"
    """What the repository's file asks for is not all done here."""
    IDE_SLOW = "ide_slow"
    IDE_FAILING = "ide_failing"
    IDE_MISSING = "ide_missing"
    IDE_NOT_OFFERED = "ide_not_offered"
    """Something else opens than what was chosen."""
    USER_UNUSUAL = "user_unusual"
    HOME_READ_ONLY = "home_read_only"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    MEMORY_LOW = "memory_low"
    PROCESS_KILLED = "process_killed"
    """The kernel has killed a program for want of memory; the workspace goes on."""
    SHELL_ENDS = "shell_ends"
    SHELL_HANGS = "shell_hangs"
    OUT_OF_MEMORY = "out_of_memory"
    CONTAINER_DIED = "container_died"
    NODE_UNREACHABLE = "node_unreachable"
    DEADLINE_PASSED = "deadline_passed"
    FORCED = "forced"
