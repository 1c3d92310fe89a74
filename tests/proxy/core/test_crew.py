"""Who starts, who is renewed, and who stays when a new one does not get ready."""

from kit.restarts import FIRST
from proxy.core.crew import END_LIMIT, LEAVE_MARGIN, READY_LIMIT, Crew, End, Kill, Leave, Start


def serving(size: int = 1, drain: float = 60) -> Crew:
    crew = Crew(size, drain)
    for start in crew.tend(0):
        assert isinstance(start, Start)
        crew.ready(start.worker)
    return crew


def test_every_slot_gets_a_worker() -> None:
    assert Crew(2, 60).tend(0) == [Start(1, 0, relief=False), Start(2, 1, relief=False)]
    assert serving(2).tend(1) == []


def test_a_dead_worker_is_replaced_after_a_pause_that_grows() -> None:
    crew = serving()
    assert crew.died(1, 0) == FIRST
    assert crew.tend(0) == []
    assert crew.next_look(0) == FIRST
    assert crew.tend(FIRST) == [Start(2, 0, relief=False)]
    assert crew.died(2, FIRST) == 2 * FIRST


def test_a_worker_that_never_gets_ready_is_killed() -> None:
    crew = Crew(1, 60)
    crew.tend(0)
    assert crew.next_look(0) == READY_LIMIT
    assert crew.tend(READY_LIMIT) == [Kill(1)]


def test_slots_are_renewed_one_after_the_other_and_the_old_leaves_last() -> None:
    crew = serving(2)
    crew.renew()
    assert crew.tend(10) == [Start(3, 0, relief=True)]
    assert crew.tend(10.1) == []
    crew.ready(3)
    assert crew.tend(11) == [Leave(1), Start(4, 1, relief=True)]
    crew.ready(4)
    assert crew.tend(12) == [Leave(2)]
    assert not crew.renewing
    assert crew.died(1, 13) is None
    assert crew.tend(13) == []


def test_who_leaves_has_its_time_and_some_more() -> None:
    crew = serving(drain=60)
    crew.renew()
    crew.tend(0)
    crew.ready(2)
    assert crew.tend(1) == [Leave(1)]
    assert crew.tend(60) == []
    assert crew.tend(READY_LIMIT + 60 + LEAVE_MARGIN) == [Kill(1)]


def test_a_relief_that_dies_ends_the_renewal_and_the_old_one_stays() -> None:
    crew = serving(2)
    crew.renew()
    crew.tend(10)
    assert crew.died(3, 11) is None
    assert not crew.renewing
    assert crew.tend(12) == []


def test_a_relief_takes_the_place_of_one_that_dies_meanwhile() -> None:
    crew = serving()
    crew.renew()
    crew.tend(10)
    assert crew.died(1, 11) is None
    assert crew.tend(11) == []
    crew.ready(2)
    assert crew.tend(12) == []


def test_a_dead_slot_needs_no_renewal() -> None:
    crew = serving()
    crew.died(1, 1)
    crew.renew()
    assert crew.tend(2) == [Start(2, 0, relief=False)]
    assert not crew.renewing


def test_the_end() -> None:
    crew = serving(2)
    crew.renew()
    crew.end(10)
    assert crew.tend(10) == [End(1), End(2)]
    assert not crew.done
    assert crew.tend(10 + END_LIMIT) == [Kill(1), Kill(2)]
    for number in (1, 2):
        crew.died(number, 17)
    assert crew.done
    assert crew.tend(18) == []
    assert crew.next_look(18) == float("inf")
