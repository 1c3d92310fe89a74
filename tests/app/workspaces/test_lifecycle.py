"""The life of an instance, every (phase, event) pair, and the ways of the common stories."""

import pytest

from app.workspaces.lifecycle import (
    CONTAINER_LIMIT,
    CONTENT_LIMIT,
    IDE_LIMIT,
    LIMITS,
    OWNERS,
    STOP_LIMIT,
    SUPERVISOR_LIMIT,
    Decision,
    Event,
    Note,
    decide,
    first_deadline,
)
from wire.phases import Phase

NOW, OLD = 1000.0, 990.0

P, E = Phase, Event
MOVES = {
    (P.PREPARING, E.RESOLVED): P.PENDING,
    (P.CREATING, E.BUILD_NEEDED): P.BUILDING,
    (P.BUILDING, E.RESOLVED): P.PENDING,
    (P.PENDING, E.PLACED): P.CREATING,
    (P.CREATING, E.CONNECTED): P.INITIALIZING,
    (P.INITIALIZING, E.IDE_READY): P.RUNNING,
    (P.STOPPING, E.SETTLED): P.STOPPED,
}
STARTING = [one for one in Phase if one.starting]
for one in [*STARTING, P.RUNNING]:
    MOVES[one, E.STOP_ASKED] = P.STOPPING
    MOVES[one, E.FAILED] = P.STOPPING
    MOVES[one, E.FORCE] = P.STOPPED
for one in (P.PREPARING, P.BUILDING, P.PENDING, P.CREATING):
    MOVES[one, E.DEADLINE] = P.STOPPING
for one in (P.INITIALIZING, P.RUNNING):
    MOVES[one, E.TIMED_OUT] = P.STOPPING
MOVES[P.STOPPING, E.FORCE] = P.STOPPED

STAYS_WITH_NEWS = {
    (P.CREATING, E.CONTENT_READY): Decision(
        P.CREATING, NOW + CONTAINER_LIMIT, frozenset({Note.ADVANCED})
    ),
    (P.CREATING, E.CONTAINER_RUNNING): Decision(
        P.CREATING, NOW + SUPERVISOR_LIMIT, frozenset({Note.ADVANCED})
    ),
    (P.INITIALIZING, E.DEADLINE): Decision(
        P.INITIALIZING, NOW + IDE_LIMIT, frozenset({Note.IDE_SLOW})
    ),
    (P.STOPPING, E.DEADLINE): Decision(
        P.STOPPING, NOW + STOP_LIMIT, frozenset({Note.KILL, Note.EXPLAIN_DEADLINE})
    ),
}


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("phase", list(Phase))
def test_every_pair(phase: Phase, event: Event) -> None:
    decision = decide(phase, OLD, event, NOW)
    if (phase, event) in MOVES:
        assert decision.phase is MOVES[phase, event]
        assert Note.ENTERED in decision.notes
        limit = LIMITS[decision.phase]
        assert decision.deadline == (None if limit is None else NOW + limit)
    else:
        assert decision == STAYS_WITH_NEWS.get((phase, event), Decision(phase, OLD))


@pytest.mark.parametrize("phase", [one for one in Phase if one.live])
def test_every_live_phase_can_be_forced_out_of(phase: Phase) -> None:
    decision = decide(phase, OLD, Event.FORCE, NOW)
    assert decision == Decision(P.STOPPED, None, frozenset({Note.ENTERED, Note.FORCED}))


def test_every_phase_has_an_owner_and_all_but_two_a_deadline() -> None:
    assert set(OWNERS) == set(LIMITS) == set(Phase)
    assert {phase for phase, limit in LIMITS.items() if limit is None} == {P.RUNNING, P.STOPPED}


def test_a_passed_deadline_is_explained() -> None:
    assert Note.EXPLAIN_DEADLINE in decide(P.CREATING, OLD, Event.DEADLINE, NOW).notes
    assert Note.EXPLAIN_DEADLINE not in decide(P.CREATING, OLD, Event.STOP_ASKED, NOW).notes


def test_a_start_from_beginning_to_end() -> None:
    phase, deadline = P.PREPARING, first_deadline(NOW)
    story = [
        (E.RESOLVED, P.PENDING, NOW + 600),
        (E.PLACED, P.CREATING, NOW + CONTENT_LIMIT),
        (E.CONTENT_READY, P.CREATING, NOW + CONTAINER_LIMIT),
        (E.CONTAINER_RUNNING, P.CREATING, NOW + SUPERVISOR_LIMIT),
        (E.CONNECTED, P.INITIALIZING, NOW + IDE_LIMIT),
        (E.CONNECTED, P.INITIALIZING, NOW + IDE_LIMIT),
        (E.IDE_READY, P.RUNNING, None),
        (E.CONTAINER_RUNNING, P.RUNNING, None),
        (E.FAILED, P.STOPPING, NOW + STOP_LIMIT),
        (E.IDE_READY, P.STOPPING, NOW + STOP_LIMIT),
        (E.SETTLED, P.STOPPED, None),
    ]
    for event, expected, until in story:
        decision = decide(phase, deadline, event, NOW)
        phase, deadline = decision.phase, decision.deadline
        assert (phase, deadline) == (expected, until), event
