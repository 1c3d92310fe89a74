"""Which starts may go on, in which order, and what the others wait for. Pure.

Who came first goes first. A start waits for the image while set-up still builds it, for its
node while that does not answer, and for its turn while as many others are being created
there as the node may create at once. What it waits for stands in the step that waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wire.phases import Phase, Step

NO_IMAGE = "waits for the image, which `make up` is still building"
NO_NODE = "waits for the node, which does not answer"


@dataclass(frozen=True, slots=True)
class Start:
    """A live instance; given in the order in which they came."""

    id: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of a start that is not on a node yet."""

    go: bool
    step: Step
    """That waits."""
    detail: str = ""
    """What for, for people."""


def line_up(starts: Iterable[Start], *, image: bool, node: bool, most: int) -> dict[str, Turn]:
    """Return the turn of each start that is not on a node yet.

    `image` and `node` tell whether they are there, `most` how many may be created at once.
    """
    everybody = list(starts)
    creating = sum(one.phase is Phase.CREATING for one in everybody)
    turns: dict[str, Turn] = {}
    place = 0
    for one in everybody:
        if one.phase is Phase.PREPARING and not image:
            turns[one.id] = Turn(go=False, step=Step.IMAGE, detail=NO_IMAGE)
        elif one.phase in {Phase.PREPARING, Phase.PENDING}:
            if node and creating < most:
                creating += 1
                turns[one.id] = Turn(go=True, step=Step.PLACE)
                continue
            place += 1
            turns[one.id] = Turn(
                go=False, step=Step.PLACE, detail=_why(place, node=node, most=most)
            )
    return turns


def _why(place: int, *, node: bool, most: int) -> str:
    if not node:
        return NO_NODE if place == 1 else f"{NO_NODE}; number {place} in the queue"
    return f"number {place} in the queue: {most} others are being created on this node"
