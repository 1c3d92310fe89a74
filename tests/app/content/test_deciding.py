"""When a point is made, and how long a failed one waits."""

from app.content.deciding import Facts, Reason, due, pause
from wire.phases import Phase

EVERY = 300.0


def at(phase: Phase, backed_up_at: float | None, **more: bool) -> Facts:
    return Facts(phase, 1000.0, backed_up_at, **more)


def test_what_runs_gets_a_point_when_its_last_one_is_old() -> None:
    for phase in (Phase.INITIALIZING, Phase.RUNNING):
        assert due(at(phase, None), EVERY, 1299) is None
        assert due(at(phase, None), EVERY, 1300) is Reason.PERIODIC
        assert due(at(phase, 1200), EVERY, 1499) is None
        assert due(at(phase, 1200), EVERY, 1500) is Reason.PERIODIC


def test_what_has_stopped_gets_one_unless_everything_is_in_one() -> None:
    assert due(at(Phase.STOPPED, None), EVERY, 1001) is Reason.STOP
    assert due(at(Phase.STOPPED, 2000), EVERY, 1001) is Reason.STOP
    assert due(at(Phase.STOPPED, 1000, safe=True), EVERY, 9999) is None
    assert due(at(Phase.STOPPED, 1, deleting=True), EVERY, 1001) is Reason.DELETE
    assert due(at(Phase.STOPPED, 1, restoring=True), EVERY, 1001) is Reason.RESTORE


def test_nothing_is_made_in_the_middle_of_a_start_or_stop() -> None:
    settled = {Phase.INITIALIZING, Phase.RUNNING, Phase.STOPPED}
    for phase in set(Phase) - settled:
        assert due(at(phase, None), EVERY, 99999) is None


def test_a_clock_that_was_set_back_delays_no_point() -> None:
    assert due(at(Phase.RUNNING, 5000), EVERY, 1300) is Reason.PERIODIC
    assert due(at(Phase.RUNNING, None), EVERY, 900) is Reason.PERIODIC


def test_pauses_grow_to_ten_minutes() -> None:
    assert [pause(tries) for tries in (0, 1, 2, 3, 4, 5, 99)] == [15, 15, 60, 120, 300, 600, 600]


def test_every_reason_has_words() -> None:
    assert all(one.words for one in Reason)


def test_what_is_safe_is_looked_at_again_from_time_to_time() -> None:
    week = 7 * 86400.0
    assert due(at(Phase.STOPPED, 2000.0, safe=True), EVERY, 2000 + week - 1, week) is None
    assert due(at(Phase.STOPPED, 2000.0, safe=True), EVERY, 2000 + week, week) is Reason.CHECK
    assert due(at(Phase.STOPPED, 2000.0, safe=True), EVERY, 2000 + week) is None
