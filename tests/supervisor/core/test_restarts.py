"""A crashed IDE starts at once; one that crashes in a loop rests."""

from supervisor.core.restarts import LIMIT, PROBES, RESTS, WINDOW, Restarts, reason

SHORT, LONG = RESTS[0], RESTS[-1]


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


def test_each_further_crash_within_a_minute_waits_longer():
    record = Restarts()
    rests = []
    for number in range(LIMIT + 2):
        record = record.exited(100.0 + number)
        rests.append(record.rest(100.0 + number))
    assert rests == [*RESTS, LONG, LONG]
    assert list(RESTS) == sorted(RESTS)


def test_without_an_exit_there_is_nothing_to_wait_for_but_the_least():
    assert Restarts().rest(5.0) == SHORT


def test_what_is_told_has_the_last_reason():
    assert Restarts().told() == "VS Code's server exits in a loop"
    record = Restarts().exited(1.0, "exit code 1").exited(2.0, "exit code 3")
    assert record.told() == "VS Code's server exits in a loop: exit code 3"


def test_the_reason_is_the_code_or_signal_with_its_last_words():
    log = b"starting\n\x1b[31mError: no space left\x1b[0m\n\n"
    assert reason(1, hung=False, log=log) == "exit code 1, after “Error: no space left”"
    assert reason(-9, hung=False, log=b"") == "ended by SIGKILL"
    assert reason(-99, hung=False, log=b"\n") == "ended by signal 99"


def test_one_that_hangs_was_ended_by_us():
    assert reason(-9, hung=True, log=b"words") == f"it did not answer {PROBES} times, and was ended"
