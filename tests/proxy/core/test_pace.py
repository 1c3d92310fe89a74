"""When a deadline begins anew, and when it does not."""

from proxy.core.commands import Commands, HoldClient
from proxy.core.events import Moment
from proxy.core.pace import Pace
from proxy.core.patience import Patience


def at(seconds: float) -> Moment:
    return Moment(0.0, seconds)


def test_a_client_is_held_once_and_released_once():
    out = Commands()
    pace = Pace(out, at(0))
    for on in (True, True, False, False):
        pace.hold(on=on)
    assert out.take() == [HoldClient(on=True), HoldClient(on=False)]


def test_another_patience_begins_anew_and_the_same_one_runs_on():
    pace = Pace(Commands(), at(10))
    assert pace.deadline == 10 + Patience.IDLE.seconds
    pace.wait(Patience.HEAD, at(20), moved=True)
    pace.wait(Patience.HEAD, at(30), moved=True)
    assert pace.deadline == 20 + Patience.HEAD.seconds, "a trickle of bytes gains no time"


def test_a_body_has_time_as_long_as_it_moves():
    pace = Pace(Commands(), at(0))
    for patience in (Patience.BODY, Patience.ENDED):
        pace.wait(patience, at(20), moved=False)
        pace.wait(patience, at(21), moved=False)
        assert pace.deadline == 20 + patience.seconds
        pace.wait(patience, at(22), moved=True)
        assert pace.deadline == 22 + patience.seconds


def test_in_the_end_nothing_is_waited_for():
    pace = Pace(Commands(), at(0))
    pace.stop()
    assert pace.deadline == float("inf")
