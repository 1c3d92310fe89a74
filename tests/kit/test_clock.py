import time

from kit.clock import Clock, FakeClock, SystemClock


def test_the_system_clock_is_the_machines() -> None:
    clock = SystemClock()
    assert isinstance(clock, Clock)
    assert abs(clock.now() - time.time()) < 5
    assert clock.monotonic() <= clock.monotonic()


def test_the_fake_one_moves_when_told_to() -> None:
    clock = FakeClock(1000.0)
    assert isinstance(clock, Clock)
    assert (clock.now(), clock.monotonic()) == (1000.0, 0.0)
    clock.advance(2.5)
    assert (clock.now(), clock.monotonic()) == (1002.5, 2.5)


def test_a_jump_of_the_wall_clock_leaves_durations_alone() -> None:
    clock = FakeClock(1000.0)
    clock.jump(-3600)
    assert (clock.now(), clock.monotonic()) == (-2600.0, 0.0)
