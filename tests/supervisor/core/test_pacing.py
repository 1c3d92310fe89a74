"""When messages go, and when a program has to wait."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.pacing import BURST, ENOUGH, GAP, LEAD, LEAST, PATIENCE, Brake, Pacer


def flood(pacer: Pacer, seconds: float, *, every: float = 0.0005, size: int = 1) -> int:
    """Send whenever it is allowed; return the number of messages."""
    messages, waiting = 0, 0
    for step in range(round(seconds / every)):
        waiting += size
        if pacer.pause(waiting, step * every) == 0:
            pacer.sent(step * every)
            messages, waiting = messages + 1, 0
    return messages


def test_keys_and_prompts_go_at_once() -> None:
    pacer = Pacer(0.0)
    for key in range(200):
        assert pacer.pause(1, key * 0.05) == 0
        pacer.sent(key * 0.05)
        assert pacer.pause(40, key * 0.05) == 0  # the answer of the shell, right behind
        pacer.sent(key * 0.05)


def test_a_flood_of_tiny_writes_becomes_few_messages() -> None:
    assert flood(Pacer(0.0), 1.0) <= 1 / GAP + BURST + 1


def test_large_pieces_are_not_held_back() -> None:
    assert flood(Pacer(0.0), 1.0, size=ENOUGH) == 2000


def test_an_echo_goes_at_once_in_the_middle_of_a_flood() -> None:
    pacer = Pacer(0.0)
    flood(pacer, 1.0)
    pacer.sent(1.0)
    assert 0 < pacer.pause(1, 1.0) <= GAP
    pacer.typed()
    assert pacer.pause(1, 1.0) == 0


@given(st.lists(st.floats(0, 10), max_size=50))
def test_nothing_waits_longer_than_the_gap(moments: list[float]) -> None:
    pacer = Pacer(0.0)  # also when the clock's readings come out of order
    for now in moments:
        assert 0 <= pacer.pause(1, now) <= GAP
        pacer.sent(now)


def test_who_keeps_up_never_stops_the_program() -> None:
    brake = Brake()
    assert not any(brake.holds(end, end - LEAD, end / 1e6) for end in range(LEAD, 10**8, 10**6))


def test_without_viewers_nothing_is_held() -> None:
    assert not Brake().holds(10**9, None, 0.0)


def test_a_program_waits_for_the_viewer_who_is_ahead() -> None:
    brake = Brake()
    assert brake.holds(LEAD + 1, 0, 0.0)
    assert brake.holds(LEAD + 1 + LEAST, LEAST, PATIENCE)
    assert brake.holds(LEAD + 1 + 2 * LEAST, 2 * LEAST, 2 * PATIENCE)
    assert not brake.holds(LEAD + 1 + 2 * LEAST, 3 * LEAST, 2.1)


def test_a_viewer_that_sleeps_is_not_waited_for() -> None:
    brake = Brake()
    assert brake.holds(LEAD + 1, 0, 0.0)
    assert brake.holds(LEAD + 1, 0, PATIENCE / 2)
    assert not brake.holds(LEAD + 1, 0, PATIENCE)
    assert not brake.holds(5 * LEAD, LEAST - 1, 1.5 * PATIENCE)
    assert not brake.holds(9 * LEAD, LEAST - 1, 2 * PATIENCE)


def test_a_viewer_that_wakes_is_waited_for_again() -> None:
    brake = Brake()
    brake.holds(LEAD + 1, 0, 0.0)
    assert not brake.holds(2 * LEAD, 0, PATIENCE)
    assert brake.holds(4 * LEAD, LEAST, 2 * PATIENCE)  # behind, but it comes
    assert not brake.holds(4 * LEAD, 4 * LEAD, 2.1 * PATIENCE)
    assert brake.holds(5 * LEAD + 1, 4 * LEAD, 2.2 * PATIENCE)
