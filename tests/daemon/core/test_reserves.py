"""What is kept back of disks: together they never promise more than the node has."""

from itertools import product

import pytest

from daemon.core.reserves import (
    NEAR,
    OFTEN,
    SELDOM,
    Disk,
    held,
    held_alone,
    left,
    margin,
    near,
    patience,
    scarce,
)

MIB = 1 << 20


def promised(disks: dict[str, Disk], room: int) -> int:
    found = held(disks, room)
    return sum(one.free + one.held - found[name] + one.owed for name, one in disks.items())


def test_where_there_is_room_nothing_is_kept_back() -> None:
    disks = {"a": Disk(10 * NEAR, MIB, 5 * MIB), "b": Disk(10 * NEAR, MIB, 0)}
    assert held(disks, NEAR * 5 // 4) == {"a": 0, "b": 0}
    assert held({"a": Disk(100 * MIB, MIB, 0)}, 200 * MIB) == {"a": 0}
    assert held({"a": Disk(100 * MIB, MIB, 5 * MIB)}, 200 * MIB) == {"a": 0}
    assert held({}, 0) == {}


def test_a_share_is_even_and_what_one_does_not_need_is_the_others() -> None:
    disks = {"small": Disk(10 * MIB, 0, 0), "a": Disk(200 * MIB, 0, 0), "b": Disk(300 * MIB, 0, 0)}
    found = held(disks, 170 * MIB)
    assert found["small"] == 0
    assert 200 * MIB - found["a"] == 300 * MIB - found["b"] == 72 * MIB  # 75, in steps of 8


def test_never_more_is_promised_than_there_is() -> None:
    sizes = (0, 3 * MIB, 100 * MIB, 5000 * MIB)
    for free, other, there, room in product(sizes, sizes, sizes, (0, MIB, 50 * MIB, 900 * MIB)):
        disks = {"a": Disk(free, 0, there, MIB), "b": Disk(other, 0, 0, MIB), "c": Disk(MIB, 0, 0)}
        least = sum(one.owed for one in disks.values())
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
    assert (patience(0), patience(100 * NEAR)) == (OFTEN, SELDOM)
    assert OFTEN < patience(NEAR) < SELDOM


def test_what_a_disk_has_promised_is_of_the_room() -> None:
    disks = {"a": Disk(MIB, 0, 0, owed=90 * MIB), "b": Disk(200 * MIB, 0, 0)}
    assert left(disks, 100 * MIB) == 10 * MIB
    assert left(disks, 50 * MIB) == 0
    assert held(disks, 50 * MIB) == {"a": MIB, "b": 200 * MIB}
    assert near(disks, NEAR)
    assert not near({"b": disks["b"]}, NEAR)


def test_space_is_set_aside_in_files_where_more_is_owed_than_a_journal_takes() -> None:
    assert not Disk(0, 0, 0, owed=12 * MIB, journal=12 * MIB).promised
    assert Disk(0, 0, 0, owed=90 * MIB, journal=12 * MIB).promised
    assert Disk(5, 0, 0, owed=90 * MIB).claim == 5 + 90 * MIB


def test_what_is_in_memory_matters_where_not_all_can_be_written() -> None:
    assert not scarce({"a": Disk(30 * MIB, 0, 0, owed=5 * MIB)}, 40 * MIB)
    assert scarce({"a": Disk(30 * MIB, 0, 0, owed=10 * MIB)}, 40 * MIB)
    assert scarce({"a": Disk(0, 0, 50 * MIB)}, 40 * MIB)
    assert not scarce({"a": Disk(9 * NEAR, 0, 0)}, 2 * NEAR)


def test_it_ends_later_than_it_begins() -> None:
    for there, wanted in ((0, False), (5 * MIB, True)):
        assert near({"a": Disk(9 * NEAR, 0, there)}, NEAR + 1) is wanted
    assert not near({"a": Disk(9 * NEAR, 0, 5 * MIB)}, NEAR * 5 // 4)


def test_what_one_writes_slowly_moves_nothing_on_the_others_disks() -> None:
    disks = {name: Disk(30 << 30, 0, 0) for name in "abcd"}
    room = 4 << 30
    first = held(disks, room)
    disks = {name: Disk(one.free - first[name], 0, first[name]) for name, one in disks.items()}
    moved = 0
    for _second in range(40):
        room -= MIB
        disks["a"] = Disk(disks["a"].free - MIB, 0, disks["a"].held)
        now = held(disks, room)
        moved += sum(now[name] != one.held for name, one in disks.items())
        sizes = {name: one.free + one.held for name, one in disks.items()}
        disks = {name: Disk(sizes[name] - now[name], 0, now[name]) for name in disks}
    assert moved <= len(disks)


def test_a_disk_that_comes_alone_gets_what_the_others_leave() -> None:
    others = {"a": Disk(30 * MIB, 0, 0), "b": Disk(10 * MIB, 0, 50 * MIB, owed=5 * MIB)}
    assert held_alone(Disk(100 * MIB, 0, 0), others, 40 * MIB) == 100 * MIB
    some = held_alone(Disk(100 * MIB, 0, 0), others, 90 * MIB)
    assert 100 * MIB - 45 * MIB <= some <= 100 * MIB - 40 * MIB + 4 * MIB
    assert held_alone(Disk(100 * MIB, 0, 0), {}, 2 * NEAR) == 0
