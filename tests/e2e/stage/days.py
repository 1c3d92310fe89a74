"""What workspaces of the cast take now, and took in the last 24 hours."""

from wire.usage import Day, Usage


def a_day(busy: float) -> Day:
    """A night, a morning, a break, an afternoon."""
    shape = [
        0.04 + (0.9 if 84 <= at < 108 or at >= 118 else 0.1) * ((at * 37) % 11) / 14
        for at in range(144)
    ]
    return Day(
        minutes=10,
        cpu=[round(1000 * one * (0.6 + busy)) for one in shape],
        memory=[round(400 + 900 * busy + 1100 * one * busy + at) for at, one in enumerate(shape)],
        disk=[900 + at * 2 + (180 if at > 96 else 0) for at in range(144)],
    )


def a_moment(busy: float, processes: int) -> Usage:
    """What is measured now."""
    return Usage(
        cpu=busy,
        cores=2.0,
        memory=int(4e8 + busy * 1.9e9),
        memory_limit=4_294_967_296,
        processes=processes,
        disk=1_240_000_000,
        disk_free=83_000_000_000,
    )
