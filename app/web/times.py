"""How times are said, in the same words as frontend/static/js/times.js, which lets them tick."""

from datetime import UTC, datetime

HALF_A_DAY = 12 * 3600
"""Seconds in which the time of day alone tells the moment."""


def span(seconds: float) -> str:
    """Return a duration in its greatest unit; below ten seconds with one decimal."""
    if seconds < 10:
        return f"{int(max(seconds, 0.0) * 10) / 10:.1f} s"
    for limit, size, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds // 86400)} d"


def until(seconds: float) -> str:
    """Return what is left, in its greatest unit, to the second in the last minute."""
    return span(max(seconds, 0.0)) if seconds >= 10 else f"{int(max(seconds, 0.0))} s"


def took(seconds: float) -> str:
    """Return a measured duration with the decimals that mean something."""
    if seconds < 0.1:
        return f"{max(round(seconds * 1000), 1)} ms"
    if seconds < 10:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def moment(at: float) -> str:
    """Return a moment in UTC, to the minute, until the browser says it in its own zone."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def brief(at: float, now: float) -> str:
    """Return the time of day in UTC of a moment in the last twelve hours, else the whole moment.

    As wide as what the browser says in its own zone, so that nothing jumps.
    """
    if now - at >= HALF_A_DAY:
        return moment(at)
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M")


def clock(at: float) -> str:
    """Return the time of day in UTC, to the second, until the browser says it in its own zone."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def iso(at: float) -> str:
    """Return a moment for the `datetime` attribute."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
