"""What is somebody's is never nobody's, whatever the times."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orphans.judging import REST, Fate, Known, Terms, due, judge
from app.runtime.holdings import Held, Kind

DAY = 86_400.0
NOW = 1_700_000_000.0
TERMS = Terms(keep_deleted=7 * DAY, keep_orphans=7 * DAY)
GONE = Known(deleted_at=NOW - 20 * DAY, content=False, points=False)
TREE = Held(kind=Kind.TREE, name="a", touched=NOW - 21 * DAY)

times = st.floats(min_value=0.0, max_value=2 * NOW)
maybe = st.none() | times
helds = st.builds(Held, kind=st.sampled_from(Kind), name=st.just("a"), touched=times)
rows = st.builds(Known, deleted_at=maybe, content=st.booleans(), points=st.booleans())
terms = st.builds(
    Terms,
    keep_deleted=st.floats(min_value=0.0, max_value=400 * DAY),
    keep_orphans=st.none() | st.floats(min_value=0.0, max_value=400 * DAY),
    restored_at=maybe,
)


@given(held=helds, known=st.none() | rows, terms=terms, now=times)
def test_only_what_a_gravestone_names_is_ever_nobodys(
    held: Held, known: Known | None, terms: Terms, now: float
) -> None:
    fate, at = judge(held, known, terms, now), due(held, known, terms)
    if fate is not Fate.NOBODYS:
        return
    assert known is not None
    assert known.deleted_at is not None
    assert held.kind is not Kind.FROZEN
    assert not (known.content if held.kind is Kind.TREE else known.points)
    assert terms.keep_orphans is not None
    assert at is not None
    assert now >= at >= known.deleted_at + terms.keep_deleted
    assert held.touched <= known.deleted_at + terms.keep_deleted
    if terms.restored_at is not None:
        assert now >= terms.restored_at + REST
        assert held.touched <= known.deleted_at or held.touched > terms.restored_at


@given(held=helds, terms=terms, now=times)
def test_what_no_row_knows_is_for_people(held: Held, terms: Terms, now: float) -> None:
    assert judge(held, None, terms, now) is Fate.STRANGER
    assert due(held, None, terms) is None


@given(held=helds, row=rows, terms=terms, now=times)
def test_what_lives_is_wanted(held: Held, row: Known, terms: Terms, now: float) -> None:
    assert judge(held, replace(row, deleted_at=None), terms, now) is Fate.WANTED


def test_a_deleted_one_goes_when_both_times_are_over() -> None:
    at = due(TREE, GONE, TERMS)
    assert at == NOW - 6 * DAY
    assert judge(TREE, GONE, TERMS, at - 1) is Fate.LEFT
    assert judge(TREE, GONE, TERMS, at) is Fate.NOBODYS
    assert judge(TREE, GONE, replace(TERMS, keep_orphans=None), NOW) is Fate.LEFT


@pytest.mark.parametrize("kind", [Kind.TREE, Kind.POINTS])
def test_what_still_waits_is_wanted(kind: Kind) -> None:
    held = Held(kind=kind, name="a", touched=TREE.touched)
    waits = Known(deleted_at=GONE.deleted_at, content=True, points=True)
    assert judge(held, waits, TERMS, NOW) is Fate.WANTED
    assert due(held, waits, TERMS) is None


def test_a_database_out_of_a_backup_removes_nothing_that_it_may_not_know_of() -> None:
    restored = replace(TERMS, restored_at=NOW - DAY)
    assert judge(TREE, GONE, restored, NOW) is Fate.LEFT
    assert judge(TREE, GONE, restored, NOW - DAY + REST) is Fate.NOBODYS
    brought_back = Held(kind=Kind.TREE, name="a", touched=NOW - 16 * DAY)
    assert judge(brought_back, GONE, TERMS, NOW) is Fate.NOBODYS
    assert judge(brought_back, GONE, restored, NOW + REST) is Fate.STRANGER
    assert due(brought_back, GONE, restored) is None
    late = Held(kind=Kind.TREE, name="a", touched=NOW - 12 * DAY)
    assert judge(late, GONE, TERMS, NOW) is Fate.STRANGER
