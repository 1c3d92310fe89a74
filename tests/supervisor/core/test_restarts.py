"""A crashed IDE starts at once; one that crashes in a loop rests."""

from supervisor.core.restarts import LIMIT, LONG, SHORT, WINDOW, Restarts


def crashed(*moments: float) -> Restarts:
    record = Restarts()
    for moment in moments:
        record = record.exited(moment)
    return record


def test_a_single_crash_is_no_loop():
    record = crashed(100.0)
    assert not record.failing(100.0)
    assert record.rest(100.0) == SHORT
    assert record.total == 1


def test_exits_within_the_window_make_a_loop():
    record = crashed(*(100.0 + second for second in range(LIMIT)))
    assert record.failing(104.0)
    assert record.rest(104.0) == LONG


def test_one_less_is_no_loop():
    assert not crashed(*(100.0 + second for second in range(LIMIT - 1))).failing(104.0)


def test_a_loop_is_over_when_its_exits_are_old():
    record = crashed(*(100.0 + second for second in range(LIMIT)))
    assert not record.failing(104.0 + WINDOW)
    assert record.rest(104.0 + WINDOW) == SHORT


def test_seldom_exits_never_make_a_loop_and_are_all_counted():
    record = crashed(*(WINDOW * number for number in range(1, 20)))
    assert not record.failing(WINDOW * 19)
    assert record.total == 19
    assert len(record.exits) <= LIMIT
