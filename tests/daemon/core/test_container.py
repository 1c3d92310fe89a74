import pytest

from daemon.core.container import Action, Event, State, Status, decide, died
from wire.ids import InstanceId

PAIRS = [(state, event) for state in State for event in Event]
MOVES = {
    (State.ABSENT, Event.APPLY): (State.STARTING, Action.START),
    (State.STARTING, Event.STARTED): (State.RUNNING, Action.NOTHING),
    (State.STARTING, Event.START_FAILED): (State.FAILED, Action.NOTHING),
    (State.STARTING, Event.DIED): (State.EXITED, Action.NOTHING),
    (State.RUNNING, Event.DIED): (State.EXITED, Action.NOTHING),
    (State.STOPPING, Event.GONE): (State.ABSENT, Action.FORGET),
}


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair(state, event):
    if event is Event.DELETE and state is not State.STOPPING:
        expected = (State.STOPPING, Action.STOP)
    else:
        expected = MOVES.get((state, event), (state, Action.NOTHING))
    assert decide(state, event) == expected


def test_a_whole_life():
    state, seen = State.ABSENT, []
    for event in (Event.APPLY, Event.STARTED, Event.APPLY, Event.DELETE, Event.DIED, Event.GONE):
        state, action = decide(state, event)
        seen.append((state, action))
    assert seen == [
        (State.STARTING, Action.START),
        (State.RUNNING, Action.NOTHING),
        (State.RUNNING, Action.NOTHING),
        (State.STOPPING, Action.STOP),
        (State.STOPPING, Action.NOTHING),
        (State.ABSENT, Action.FORGET),
    ]


def test_what_may_have_processes():
    assert {state for state in State if state.alive} == {
        State.STARTING,
        State.RUNNING,
        State.STOPPING,
    }


RUNNING = Status(instance=InstanceId("w", 1), state=State.RUNNING, pid=42)


def test_a_death_is_told_with_its_reason():
    dead = died(RUNNING, 7, out_of_memory=False)
    assert (dead.state, dead.pid, dead.exit_code) == (State.EXITED, 0, 7)
    assert dead.fault.code == "container_died"
    assert dead.fault.detail == "exit code 7"


def test_death_by_hunger():
    dead = died(RUNNING, 137, out_of_memory=True)
    assert dead.out_of_memory
    assert dead.fault.code == "out_of_memory"


def test_a_good_end_is_no_fault():
    dead = died(RUNNING, 0, out_of_memory=False)
    assert (dead.state, dead.exit_code, dead.fault) == (State.EXITED, 0, None)
    assert died(RUNNING, 0, out_of_memory=True).fault.code == "out_of_memory"


def test_an_unknown_exit_code_is_not_told():
    assert died(RUNNING, -1, out_of_memory=False).fault.detail == ""
    told = died(RUNNING, -1, out_of_memory=False, detail="the machine was restarted").fault
    assert told.detail == "the machine was restarted"
