"""The life of an instance: data and one function.

`decide` is asked with where an instance stands and what happened, and answers
where it stands now, until when, and what has to be noted. It knows no database
and no clock. Every phase has an owner, who moves it on, and every phase but
`running` and `stopped`, which may last, has a deadline. `force` leads out of all.

    preparing ─resolved→ pending ─placed→ creating ─connected→ initializing ─ide_ready→ running
                    ↑                  │
                    └─resolved─ building ←build_needed┘
    any of them ─stop_asked, failed, deadline→ stopping ─settled→ stopped
    those that can be used ─timed_out→ stopping
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from wire.phases import Phase


class Event(StrEnum):
    """What can happen to an instance."""

    RESOLVED = "resolved"
    """Context and image are known."""
    BUILD_NEEDED = "build_needed"
    """The content asks for an image that is to be fetched or built first."""
    PLACED = "placed"
    """A node that answers will hold it."""
    CONTENT_READY = "content_ready"
    CONTAINER_RUNNING = "container_running"
    CONNECTED = "connected"
    """The supervisor has dialled out."""
    IDE_READY = "ide_ready"
    STOP_ASKED = "stop_asked"
    TIMED_OUT = "timed_out"
    """Nobody has used it for long enough, or it has run for as long as anything may."""
    FAILED = "failed"
    """A step failed, or the container died."""
    SETTLED = "settled"
    """The container is gone and the tree is sealed on its node."""
    DEADLINE = "deadline"
    FORCE = "force"
    """Somebody gives it up, whatever the node says."""


class Note(StrEnum):
    """What the caller has to write down beside the phase."""

    ENTERED = "entered"
    """The phase is another one than before."""
    ADVANCED = "advanced"
    """A step of the same phase has ended."""
    EXPLAIN_DEADLINE = "explain_deadline"
    """The deadline is the problem, unless there is one already."""
    IDE_SLOW = "ide_slow"
    KILL = "kill"
    """No more grace for the container."""
    FORCED = "forced"


class Owner(StrEnum):
    """Who moves a phase on."""

    SERVER = "server"
    NODE = "node"
    SUPERVISOR = "supervisor"
    PERSON = "person"

    @property
    def words(self) -> str:
        """What people call it, at the beginning of a sentence."""
        return _TITLES[self]


_TITLES = MappingProxyType(
    {
        Owner.SERVER: "Podium's server",
        Owner.NODE: "The node",
        Owner.SUPERVISOR: "The workspace's supervisor",
        Owner.PERSON: "Nobody but you",
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the instance stands now; without notes nothing has changed."""

    phase: Phase
    deadline: float | None
    notes: frozenset[Note] = frozenset()


CONTENT_LIMIT = 30 * 60.0
"""Seconds for the clone of a large repository over a slow line."""
CONTAINER_LIMIT = 60.0
SUPERVISOR_LIMIT = 60.0
IDE_LIMIT = 10 * 60.0
"""Seconds for checkout and IDE; afterwards the instance stays, marked as slow."""
STOP_LIMIT = 60.0

LIMITS = MappingProxyType(
    {
        Phase.PREPARING: 5 * 60.0,
        Phase.BUILDING: 60 * 60.0,
        Phase.PENDING: 10 * 60.0,
        Phase.CREATING: CONTENT_LIMIT,
        Phase.INITIALIZING: IDE_LIMIT,
        Phase.RUNNING: None,
        Phase.STOPPING: STOP_LIMIT,
        Phase.STOPPED: None,
    }
)
"""Seconds from entering a phase to its deadline; None may last."""

OWNERS = MappingProxyType(
    {
        Phase.PREPARING: Owner.SERVER,
        Phase.BUILDING: Owner.SERVER,
        Phase.PENDING: Owner.SERVER,
        Phase.CREATING: Owner.NODE,
        Phase.INITIALIZING: Owner.SUPERVISOR,
        Phase.RUNNING: Owner.PERSON,
        Phase.STOPPING: Owner.NODE,
        Phase.STOPPED: Owner.PERSON,
    }
)

USED = frozenset({Phase.INITIALIZING, Phase.RUNNING})
"""Phases in which somebody can use it, at least a terminal: then not doing so means something."""

_FORWARD = MappingProxyType(
    {
        (Phase.PREPARING, Event.RESOLVED): Phase.PENDING,
        (Phase.CREATING, Event.BUILD_NEEDED): Phase.BUILDING,
        (Phase.BUILDING, Event.RESOLVED): Phase.PENDING,
        (Phase.PENDING, Event.PLACED): Phase.CREATING,
        (Phase.CREATING, Event.CONNECTED): Phase.INITIALIZING,
        (Phase.INITIALIZING, Event.IDE_READY): Phase.RUNNING,
        (Phase.STOPPING, Event.SETTLED): Phase.STOPPED,
    }
)

_WITHIN_CREATING = MappingProxyType(
    {Event.CONTENT_READY: CONTAINER_LIMIT, Event.CONTAINER_RUNNING: SUPERVISOR_LIMIT}
)


def first_deadline(now: float) -> float:
    """Return the deadline of an instance that is just being made."""
    limit = LIMITS[Phase.PREPARING]
    assert limit is not None
    return now + limit


def decide(phase: Phase, deadline: float | None, event: Event, now: float) -> Decision:
    """Return where an instance in this phase stands after the event.

    An event that means nothing in a phase changes nothing: reports come late,
    twice and out of order.
    """
    following = _FORWARD.get((phase, event))
    if following is not None:
        return _enter(following, now)
    return _elsewhere(Decision(phase, deadline), event, now)


def _elsewhere(stay: Decision, event: Event, now: float) -> Decision:
    phase = stay.phase
    if phase is Phase.STOPPED:
        return stay
    match event:
        case Event.FORCE:
            return _enter(Phase.STOPPED, now, Note.FORCED)
        case Event.STOP_ASKED | Event.FAILED if phase is not Phase.STOPPING:
            return _enter(Phase.STOPPING, now)
        case Event.TIMED_OUT if phase in USED:
            return _enter(Phase.STOPPING, now)
        case Event.DEADLINE:
            return _late(phase, stay, now)
        case Event.CONTENT_READY | Event.CONTAINER_RUNNING if phase is Phase.CREATING:
            return Decision(phase, now + _WITHIN_CREATING[event], frozenset({Note.ADVANCED}))
        case _:
            return stay


def _late(phase: Phase, stay: Decision, now: float) -> Decision:
    match phase:
        case Phase.RUNNING:
            return stay
        case Phase.INITIALIZING:
            # The supervisor answers, so a terminal is there: slow is not broken.
            return Decision(phase, now + IDE_LIMIT, frozenset({Note.IDE_SLOW}))
        case Phase.STOPPING:
            return Decision(phase, now + STOP_LIMIT, frozenset({Note.KILL, Note.EXPLAIN_DEADLINE}))
        case _:
            return _enter(Phase.STOPPING, now, Note.EXPLAIN_DEADLINE)


def _enter(phase: Phase, now: float, *notes: Note) -> Decision:
    limit = LIMITS[phase]
    deadline = None if limit is None else now + limit
    return Decision(phase, deadline, frozenset({Note.ENTERED, *notes}))
