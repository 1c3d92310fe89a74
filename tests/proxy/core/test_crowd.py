"""Who gives way when there is room for no more: whoever has most, and of that the least."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.crowd import AT_ONCE, Crowd, Worth

FLOOD, SMALL = "198.51.100.1", "192.0.2.1"


def crowd(most: int = AT_ONCE, worth: dict[int, Worth] | None = None) -> Crowd[int]:
    return Crowd(most, lambda one: (worth or {}).get(one, Worth.NOTHING))


def test_while_there_is_room_nobody_goes():
    made = crowd()
    assert [made.join(one, FLOOD) for one in range(AT_ONCE)] == [[]] * AT_ONCE
    assert (len(made), made.gone) == (AT_ONCE, 0)


def test_who_has_most_loses_the_oldest():
    made = crowd()
    made.join(0, SMALL)
    for one in range(1, AT_ONCE):
        made.join(one, FLOOD)
    assert made.join(100, FLOOD) == [1]
    assert made.join(101, SMALL) == [2]
    assert (len(made), made.gone) == (AT_ONCE, 2)


def test_what_is_in_work_goes_after_what_is_not():
    made = crowd(worth={1: Worth.STRANGER, 2: Worth.PERSON})
    for one in range(1, AT_ONCE + 1):
        made.join(one, FLOOD)
    left = [made.join(100 + one, FLOOD)[0] for one in range(AT_ONCE)]
    assert left[:3] == [3, 4, 5]
    assert 1 not in left
    assert 2 not in left


def test_a_person_never_goes_and_then_the_newcomer_does():
    made = Crowd[int](AT_ONCE, lambda _one: Worth.PERSON)
    for one in range(AT_ONCE):
        made.join(one, FLOOD)
    assert made.join(100, SMALL) == [100]
    assert len(made) == AT_ONCE


def test_one_ipv6_network_is_one_group():
    made = crowd()
    made.join(0, SMALL)
    for one in range(1, AT_ONCE):
        made.join(one, f"2001:db8:1:2::{one:x}")
    assert made.join(100, "2001:db8:9::1") == [1]


def test_of_many_equals_the_oldest_go_some_at_a_time():
    made = crowd(most=AT_ONCE * 4)
    for one in range(AT_ONCE * 4):
        made.join(one, f"192.0.2.{one}")
    assert made.join(100, "203.0.113.1") == [0, 1, 2, 3]
    assert made.join(101, "203.0.113.2") == []


def test_who_has_left_is_forgotten():
    made = crowd()
    made.join(1, FLOOD)
    made.leave(1)
    made.leave(1)
    assert (len(made), made._of) == (0, {})


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(list(Worth))), max_size=120))
def test_it_is_never_larger_and_keeps_every_person(comers):
    worth = [one for _address, one in comers]
    made = Crowd[int](8, lambda one: worth[one])
    there: set[int] = set()
    for one, (address, _worth) in enumerate(comers):
        there.add(one)
        leaving = made.join(one, f"192.0.2.{address}")
        there.difference_update(leaving)
        assert len(made) == len(there) <= 8
        assert all(worth[gone] is not Worth.PERSON for gone in leaving if gone != one)
    assert sum(Counter(made._address.values()).values()) == len(there)
