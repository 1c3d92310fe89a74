"""Which points are kept."""

from hypothesis import given
from hypothesis import strategies as st

from app.content.retention import Keep, Kept, forgotten

HOUR = 3600.0
DAY = 24 * HOUR
MONDAY = 4 * DAY
"""The first one after 1970's beginning."""


def points(*moments: float) -> list[Kept]:
    return [Kept(f"p{index}", at) for index, at in enumerate(moments)]


def kept(known: list[Kept], keep: Keep) -> set[str]:
    return {one.id for one in known} - set(forgotten(known, keep))


def test_the_newest_stay() -> None:
    known = points(1, 2, 3, 4)
    assert forgotten(known, Keep(2, 0, 0, 0)) == ["p0", "p1"]


def test_the_newest_of_each_hour_day_and_week_stays() -> None:
    hours = points(1 * HOUR, 1.5 * HOUR, 2 * HOUR, 2.9 * HOUR, 3 * HOUR)
    assert kept(hours, Keep(1, 2, 0, 0)) == {"p4", "p3"}
    days = points(0.1 * DAY, 0.9 * DAY, 1.5 * DAY, 2.5 * DAY)
    assert kept(days, Keep(1, 0, 3, 0)) == {"p3", "p2", "p1"}
    weeks = points(MONDAY - 1, MONDAY, MONDAY + 6 * DAY, MONDAY + 7 * DAY)
    assert kept(weeks, Keep(1, 0, 0, 3)) == {"p3", "p2", "p0"}


def test_pinned_points_stay_and_take_nobodys_place() -> None:
    known = [Kept("pinned", 5, pinned=True), *points(1, 2, 3)]
    assert kept(known, Keep(2, 0, 0, 0)) == {"pinned", "p2"}
    old = [Kept("pinned", 0, pinned=True), *points(1, 2, 3)]
    assert kept(old, Keep(2, 0, 0, 0)) == {"pinned", "p1", "p2"}


@given(st.lists(st.floats(0, 1e9), unique=True), st.builds(Keep, *[st.integers(0, 5)] * 4))
def test_the_newest_is_never_forgotten_and_a_second_look_changes_nothing(
    moments: list[float], keep: Keep
) -> None:
    known = points(*moments)
    stays = kept(known, keep)
    if known:
        assert max(known, key=lambda one: one.made_at).id in stays
    assert len(stays) <= max(keep.last, 1) + keep.hourly + keep.daily + keep.weekly
    assert forgotten([one for one in known if one.id in stays], keep) == []
