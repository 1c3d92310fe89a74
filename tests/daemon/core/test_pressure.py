"""What is given up for a file system, and that it is never content."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from daemon.core.pressure import Cache, Floor, Room, is_short, lacks, least, order, words

GIB = 1 << 30
FLOOR = Floor(bytes=2 * GIB, inodes=20_000)
ROOM = Room(
    place="/content", device=1, free=50 * GIB, total=200 * GIB, inodes_free=10**6, inodes=10**7
)
counts = st.integers(min_value=0, max_value=1 << 50)
rooms = st.builds(
    Room,
    place=st.just("/p"),
    device=st.integers(0, 3),
    free=counts,
    total=counts,
    inodes_free=counts,
    inodes=counts,
)
floors = st.builds(Floor, bytes=counts, inodes=counts)


def test_bytes_and_inodes_both_count() -> None:
    assert not is_short(ROOM, FLOOR)
    assert is_short(replace(ROOM, free=2 * GIB - 1), FLOOR)
    assert is_short(replace(ROOM, inodes_free=19_999), FLOOR)
    assert "1.0 GB free" in words(replace(ROOM, free=10**9), FLOOR)
    assert "7 inodes free" in words(replace(ROOM, inodes_free=7), FLOOR)
    assert "5.0 MB free" in words(replace(ROOM, free=5_000_000), FLOOR)


def test_a_small_file_system_has_a_small_floor_and_one_without_inodes_none() -> None:
    small = replace(ROOM, total=50_000_000, inodes=0, inodes_free=0, free=1_000_000)
    assert least(small, FLOOR) == Floor(1_000_000, 0)
    assert not is_short(small, FLOOR)
    assert is_short(replace(small, free=999_999), FLOOR)


def test_giving_up_goes_on_until_there_is_some_reserve() -> None:
    assert lacks(replace(ROOM, free=4 * GIB - 1), FLOOR)
    assert not lacks(replace(ROOM, free=4 * GIB), FLOOR)


@given(room=rooms, floor=floors)
def test_who_is_short_lacks_and_a_floor_of_nothing_is_never_reached(
    room: Room, floor: Floor
) -> None:
    if is_short(room, floor):
        assert lacks(room, floor)
        assert words(room, floor)
    assert not is_short(room, Floor(0, 0))


@given(caches=st.dictionaries(st.sampled_from(Cache), st.integers(0, 3)), device=st.integers(0, 3))
def test_only_caches_of_that_file_system_go_cheapest_first(
    caches: dict[Cache, int], device: int
) -> None:
    found = order(caches, device)
    assert all(caches[one] == device for one in found)
    assert found == sorted(found, key=list(Cache).index)
    assert len(found) == sum(1 for at in caches.values() if at == device)
