from hypothesis import given
from hypothesis import strategies as st

from kit.restarts import FIRST, LONGEST, STEADY, Restarts


def pauses(*lives: float) -> list[float]:
    record, found = Restarts(), []
    for up in lives:
        record = record.died(up)
        found.append(record.pause)
    return found


def test_a_process_that_keeps_dying_waits_longer_and_longer() -> None:
    assert pauses(*[0.0] * 8) == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_steady_life_is_forgiven() -> None:
    assert pauses(0, 0, 0, STEADY, 0) == [0.1, 0.2, 0.4, 0.1, 0.2]


def test_before_the_first_death_there_is_nothing_to_wait_for() -> None:
    assert Restarts().pause == 0.0


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=2000))
def test_every_death_is_counted_and_every_pause_is_bounded(lives: list[float]) -> None:
    record = Restarts()
    for up in lives:
        record = record.died(up)
        assert FIRST <= record.pause <= LONGEST
    assert record.count == len(lives)
    assert 1 <= record.streak <= record.count
