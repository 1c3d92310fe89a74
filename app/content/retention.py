"""Which restore points are kept. Pure.

As in restic: of each of so many newest hours, days and weeks (UTC) that have a point the
newest one stays, and the newest points of all. Pinned ones stay in any case and take nobody's
place. The newest point is never forgotten, whatever the policy says.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HOUR = 3600.0
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_FIRST_MONDAY = 4 * _DAY
"""Seconds from 1970's beginning, a Thursday, to its first Monday."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How many are kept."""

    last: int = 10
    hourly: int = 24
    daily: int = 7
    weekly: int = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """A point, as far as the decision goes."""

    id: str
    made_at: float
    pinned: bool = False


def forgotten(points: Iterable[Kept], keep: Keep) -> list[str]:
    """Return the ids of those that go, oldest first."""
    newest_first = sorted(points, key=lambda one: (-one.made_at, one.id))
    stays = {one.id for one in newest_first if one.pinned}
    stays.update(one.id for one in newest_first[: max(keep.last, 1)])
    for most, period in (
        (keep.hourly, lambda at: at // _HOUR),
        (keep.daily, lambda at: at // _DAY),
        (keep.weekly, lambda at: (at - _FIRST_MONDAY) // _WEEK),
    ):
        stays.update(_newest_of_each(newest_first, most, period))
    return [one.id for one in reversed(newest_first) if one.id not in stays]


def _newest_of_each(
    newest_first: list[Kept], most: int, period: Callable[[float], float]
) -> list[str]:
    found: dict[float, str] = {}
    for one in newest_first:
        if len(found) < most:
            found.setdefault(period(one.made_at), one.id)
    return list(found.values())
