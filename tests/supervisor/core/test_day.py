"""A sample a minute, and the line that is told of them."""

import pytest

from supervisor.core.day import KEPT, Samples
from wire.usage import MOST_POINTS, Day, Usage

MIB = 1 << 20


def usage(cpu: float, memory: int = 0, disk: int = 0) -> Usage:
    return Usage(cpu=cpu, memory=memory * MIB, disk=disk * MIB)


def minutes(samples: Samples, count: int, first: int = 0) -> None:
    """One look a minute, with the minute's number as memory."""
    for number in range(first, first + count):
        samples.take(usage(0.5, number, 7), 60.0 * number + 30)


def test_a_minute_is_the_mean_of_cpu_and_the_most_memory() -> None:
    samples = Samples()
    assert samples.told() is None
    assert not samples.take(usage(1.0, 100, 5), 0.0)
    assert not samples.take(usage(0.0, 300, 6), 30.0)
    assert samples.take(usage(0.0), 60.0)
    assert samples.told() == Day(minutes=1, cpu=[500], memory=[300], disk=[6])


def test_a_young_workspace_has_a_point_a_minute() -> None:
    samples = Samples()
    minutes(samples, MOST_POINTS + 1)
    told = samples.told()
    assert told is not None
    assert (told.minutes, len(told.cpu)) == (1, MOST_POINTS)
    assert told.memory == list(range(MOST_POINTS))


def test_after_a_day_a_point_is_ten_minutes_and_the_oldest_are_dropped() -> None:
    samples = Samples()
    minutes(samples, KEPT + 500)
    told = samples.told()
    assert told is not None
    assert (told.minutes, len(told.memory)) == (10, MOST_POINTS)
    assert told.memory[-1] == KEPT + 498
    assert set(told.cpu) == {500}
    # a point begins at a fixed minute: the next one changes the ends of the line alone
    minutes(samples, 1, first=KEPT + 500)
    again = samples.told()
    assert again is not None
    assert set(told.memory[1:-1]) <= set(again.memory)


def test_minutes_in_which_nobody_looked_are_as_the_one_before() -> None:
    samples = Samples()
    samples.take(usage(1.0, 5), 0.0)
    samples.take(usage(1.0, 9), 60.0 * 4)
    told = samples.told()
    assert told is not None
    assert (told.cpu, told.memory) == ([1000, 0, 0, 0], [5, 5, 5, 5])


WALL = 60.0 * 29_000_000


def kept(count: int) -> bytes:
    samples = Samples()
    minutes(samples, count + 1)
    return samples.kept(WALL, 60.0 * count)


def test_another_start_goes_on_with_it_and_took_nothing_in_between() -> None:
    samples = Samples()
    samples.recall(kept(3), WALL + 60 * 2, 5.0)
    assert samples.told() == Day(
        minutes=1, cpu=[500, 500, 500, 0, 0], memory=[0, 1, 2, 0, 0], disk=[7] * 5
    )
    minutes(samples, 2)
    told = samples.told()
    assert told is not None
    assert (told.cpu[-1], told.memory[-4:]) == (500, [2, 0, 0, 0])
    again = Samples()
    again.recall(samples.kept(WALL + 60 * 3, 65.0), WALL + 60 * 3, 5.0)
    assert again.told() == told


def test_what_is_older_than_a_day_and_what_is_no_day_is_nothing() -> None:
    whole = kept(KEPT + 9)
    for data, later in (
        (whole, 60.0 * (KEPT + 1)),
        (b"", 0.0),
        (whole[:-1], 0.0),
        (b"x" + whole[1:], 0.0),
        (whole[:20], 0.0),
    ):
        samples = Samples()
        samples.recall(data, WALL + later, 5.0)
        assert samples.told() is None


@pytest.mark.parametrize("later", [-90_000.0, 0.0, 60.0 * (KEPT - 2)])
def test_whatever_the_clock_does_there_is_never_more_than_a_day(later: float) -> None:
    samples = Samples()
    samples.recall(kept(KEPT), WALL + later, 5.0)
    minutes(samples, 3)
    told = samples.told()
    assert told is not None
    assert (told.minutes, len(told.cpu)) == (10, MOST_POINTS)
