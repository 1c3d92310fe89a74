"""A sample a minute, and the line that is told of them."""

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
