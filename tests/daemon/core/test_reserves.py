"""What is kept back of disks: together they never promise more than the node has."""

from itertools import product

import pytest

from daemon.core.reserves import NEAR, OFTEN, SELDOM, Disk, held, margin, patience

MIB = 1 << 20


def promised(disks: dict[str, Disk], room: int) -> int:
    found = held(disks, room)
    return sum(one.free + one.held - found[name] + one.journal for name, one in disks.items())


def test_where_there_is_room_nothing_is_kept_back() -> None:
    disks = {"a": Disk(10 * NEAR, MIB, 5 * MIB), "b": Disk(10 * NEAR, MIB, 0)}
    assert held(disks, NEAR) == {"a": 0, "b": 0}
    assert held({"a": Disk(100 * MIB, MIB, 0)}, 200 * MIB) == {"a": 0}
    assert held({}, 0) == {}


def test_a_share_is_even_and_what_one_does_not_need_is_the_others() -> None:
    disks = {"small": Disk(10 * MIB, 0, 0), "a": Disk(200 * MIB, 0, 0), "b": Disk(300 * MIB, 0, 0)}
    found = held(disks, 170 * MIB)
    assert found["small"] == 0
    assert 200 * MIB - found["a"] == 300 * MIB - found["b"] == 75 * MIB


def test_never_more_is_promised_than_there_is() -> None:
    sizes = (0, 3 * MIB, 100 * MIB, 5000 * MIB)
    for free, other, there, room in product(sizes, sizes, sizes, (0, MIB, 50 * MIB, 900 * MIB)):
        disks = {"a": Disk(free, 0, there, MIB), "b": Disk(other, 0, 0, MIB), "c": Disk(MIB, 0, 0)}
        least = sum(one.journal for one in disks.values())
        assert promised(disks, room) <= max(room, least) + 2 * MIB


def test_what_is_the_supervisors_is_never_kept_back() -> None:
    assert held({"a": Disk(100 * MIB, 2 * MIB, 0)}, 0) == {"a": 98 * MIB}
    assert held({"a": Disk(MIB, 2 * MIB, 7 * MIB)}, 0) == {"a": 6 * MIB}


def test_a_little_more_room_changes_nothing() -> None:
    disk = Disk(50 * MIB, 0, 150 * MIB)
    room = 52 * MIB * 17 // 16
    assert held({"a": disk}, room) == {"a": 150 * MIB}
    assert held({"a": disk}, 2 * room)["a"] < 100 * MIB
    assert held({"a": disk}, 20 * room) == {"a": 0}


@pytest.mark.parametrize(
    ("floor", "total", "kept"),
    [(2 << 30, 1 << 40, 2 << 30), (0, 1 << 40, 64 * MIB), (2 << 30, 1000 * MIB, 20 * MIB)],
)
def test_some_stays_free_whatever_the_floor_is(floor: int, total: int, kept: int) -> None:
    assert margin(floor, total) == kept


def test_it_is_looked_often_where_it_may_be_needed() -> None:
    assert (patience(NEAR), patience(100 * NEAR)) == (OFTEN, SELDOM)
