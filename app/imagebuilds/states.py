"""What a build can be, what it becomes, and what people are told of it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wire.problems import Problem


class BuildState(StrEnum):
    """Where a build stands; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def live(self) -> bool:
        """Whether it may still become an image."""
        return self in {BuildState.QUEUED, BuildState.RUNNING}


class BuildEvent(StrEnum):
    """What can happen to a build."""

    PLACED = "placed"
    PUSHED = "pushed"
    """The builder says so, and the image is in the store."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    LATE = "late"


LIMIT = 60 * 60.0
"""Seconds that a build may take, as in Gitpod."""

_NEXT = {
    (BuildState.QUEUED, BuildEvent.PLACED): BuildState.RUNNING,
    (BuildState.RUNNING, BuildEvent.PUSHED): BuildState.DONE,
    (BuildState.QUEUED, BuildEvent.FAILED): BuildState.FAILED,
    (BuildState.RUNNING, BuildEvent.FAILED): BuildState.FAILED,
    (BuildState.RUNNING, BuildEvent.LATE): BuildState.FAILED,
    (BuildState.QUEUED, BuildEvent.CANCELLED): BuildState.CANCELLED,
    (BuildState.RUNNING, BuildEvent.CANCELLED): BuildState.CANCELLED,
}


def decide(state: BuildState, event: BuildEvent) -> BuildState:
    """Return the state after an event; one that means nothing changes nothing."""
    return _NEXT.get((state, event), state)


@dataclass(frozen=True, slots=True)
class Queued:
    """A build that waits, and whose start asked for it first."""

    id: str
    owner: str


def in_order(queue: Sequence[Queued], running: Sequence[str]) -> list[str]:
    """Return the queue in the order in which it begins; `running` are the owners of what runs.

    `queue` is oldest first. A person's second build waits for everybody's first, and so on: who
    opens ten repositories at once delays nobody by ten.
    """
    before = Counter(running)
    ranks: dict[str, int] = {}
    for one in queue:
        ranks[one.id] = before[one.owner]
        before[one.owner] += 1
    return sorted(ranks, key=ranks.__getitem__)


def turn(queue: Sequence[Queued], running: Sequence[str], most: int) -> list[str]:
    """Return which of the queue may begin; see `in_order`."""
    return in_order(queue, running)[: max(0, most - len(running))]


NO_IMAGE = Problem(
    code="build_without_image",
    title="image build did not produce a workspace image",
    cure="Start again; if it stays, the build's log says more.",
)
"""Vector E5."""
LATE = Problem(
    code="build_late",
    title="The image took longer than an hour to build",
    cure="Do less in the Dockerfile, or begin with an image that has it already.",
)
CANCELLED = Problem(
    code="build_cancelled",
    title="The image's build was cancelled",
    cure="Start again to build it.",
)
DIED = Problem(
    code="build_died",
    title="The image's build ended without a word",
    cure="Start again; the build's log may say why.",
)
OUT_OF_MEMORY = Problem(
    code="build_out_of_memory",
    title="The image's build ran out of memory",
    cure="Do less at a time in the Dockerfile.",
)
_TITLES = {
    "base_unknown": ("An image that the Dockerfile names cannot be had", "Check its name and tag."),
    "base_denied": (
        "The registry refuses an image that the Dockerfile names",
        "Check that the image is public, or that its registry's password is set.",
    ),
    "checkout_failed": ("The repository's files could not be put in place", "Start again."),
    "disk_full": ("The disk is full", "Free some space on the machine, then start again."),
    "dockerfile_invalid": ("The Dockerfile cannot be read", "Correct it, then start again."),
    "push_failed": ("The image could not be stored", "Start again; the log says more."),
    "step_failed": ("A step of the Dockerfile failed", "The log's last lines say why."),
}


def problem_of(code: str, detail: str) -> Problem:
    """Return what people are told of a builder's code."""
    title, cure = _TITLES.get(code, ("The image could not be built", "The build's log says more."))
    return Problem(code=f"build_{code}", title=title, detail=detail, cure=cure)
