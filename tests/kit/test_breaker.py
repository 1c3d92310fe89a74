"""The breaker, state by state, and over every run of what can happen to it."""

from hypothesis import given
from hypothesis import strategies as st

from kit.breaker import Breaker, State


def test_failures_in_a_row_open_it() -> None:
    breaker = Breaker(failures=3, pause=5)
    assert (breaker.state, breaker.doubted, breaker.may_try(0)) == (State.CLOSED, False, True)
    assert not breaker.failed(1)
    assert not breaker.failed(2)
    assert breaker.doubted
    assert not breaker.succeeded(3), "a success between them counts as nothing new"
    assert [breaker.failed(at) for at in (4, 5, 6)] == [False, False, True]
    assert (breaker.state, breaker.since, breaker.opened) == (State.OPEN, 6, 1)


def opened() -> Breaker:
    breaker = Breaker(failures=1, pause=5)
    assert breaker.failed(10)
    return breaker


def test_after_a_pause_one_may_try() -> None:
    breaker = opened()
    assert not breaker.may_try(14.9)
    assert breaker.may_try(15)
    assert breaker.state is State.HALF_OPEN
    assert not breaker.may_try(15), "one, not all"


def test_a_trial_that_succeeds_closes_it() -> None:
    breaker = opened()
    assert breaker.may_try(15)
    assert breaker.succeeded(16)
    assert (breaker.state, breaker.since, breaker.doubted) == (State.CLOSED, 16, False)


def test_a_trial_that_fails_opens_it_for_another_pause() -> None:
    breaker = opened()
    assert breaker.may_try(15)
    assert not breaker.failed(17)
    assert (breaker.state, breaker.opened) == (State.OPEN, 1)
    assert not breaker.may_try(21.9)
    assert breaker.may_try(22)


def test_late_answers_do_not_close_it_nor_make_the_pause_longer() -> None:
    breaker = opened()
    assert not breaker.succeeded(11)
    assert not breaker.failed(14)
    assert breaker.state is State.OPEN
    assert breaker.may_try(15)


@given(st.lists(st.tuples(st.sampled_from(["failed", "succeeded", "may_try"]), st.floats(0, 9))))
def test_whatever_happens_it_is_left_again(steps: list[tuple[str, float]]) -> None:
    breaker, now = Breaker(failures=2, pause=4), 0.0
    for name, pause in steps:
        now += pause
        before = breaker.state
        getattr(breaker, name)(now)
        assert (before, breaker.state) not in {
            (State.CLOSED, State.HALF_OPEN),
            (State.OPEN, State.CLOSED),
        }
    if breaker.state is State.OPEN:
        assert breaker.may_try(now + 4.001)
    if breaker.state is State.HALF_OPEN:
        assert breaker.succeeded(now + 5)
    assert breaker.state is State.CLOSED
