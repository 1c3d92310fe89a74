"""Points out of what restic lists."""

import json

import pytest
from msgspec import structs

from daemon.core.points import (
    SHARES,
    Book,
    Point,
    doubt_in,
    is_point_id,
    newest,
    points_of,
    reread,
    seconds_of,
    tags_of,
    working,
)

FIRST = "1" * 64
SECOND = "2" * 64


def listed(*snapshots):
    return json.dumps(
        [{"id": one, "time": time, "tags": tags, "tree": "t"} for one, time, tags in snapshots]
    ).encode()


@pytest.mark.parametrize(
    ("text", "fits"),
    [("p1", True), ("a-b", True), ("", False), ("A", False), ("a/b", False), ("x" * 65, False)],
)
def test_ids(text, fits):
    assert is_point_id(text) is fits


def test_tags_say_what_a_snapshot_is():
    tags = [*tags_of("p1", "amber-otter-4k2hw9xz1q.3"), "files:5", "bytes:900"]
    (found,) = points_of(listed((FIRST, "2026-01-02T03:04:05.678901234Z", tags)), {})
    assert found == Point(
        point="p1",
        time=1767323045.678901,
        snapshot=FIRST,
        instance="amber-otter-4k2hw9xz1q.3",
        files=5,
        bytes=900,
    )


def test_that_a_point_was_left_behind_stands_in_the_repository():
    time, instance = "2026-01-02T00:00:02Z", "amber-otter-4k2hw9xz1q.3"
    listed_as = {
        left: points_of(listed((FIRST, time, tags_of("p", instance, left=left))), {})[0].left
        for left in (True, False)
    }
    assert listed_as == {True: True, False: False}


def test_of_two_snapshots_of_a_point_the_older_counts():
    later, sooner = "2026-01-02T00:00:02Z", "2026-01-02T00:00:01Z"
    found = points_of(listed((FIRST, later, ["point:p"]), (SECOND, sooner, ["point:p"])), {})
    assert [one.snapshot for one in found] == [SECOND]


def test_what_a_node_has_noted_is_kept_for_the_same_snapshot_only():
    noted = {"p": Point(point="p", time=1.0, snapshot=FIRST, verified=True)}
    time = "2026-01-02T00:00:02Z"
    assert points_of(listed((FIRST, time, ["point:p"])), noted) == [noted["p"]]
    assert not points_of(listed((SECOND, time, ["point:p"])), noted)[0].verified


@pytest.mark.parametrize("tags", [[], ["point:"], ["point:../x"], ["point"], ["other:p"]])
def test_a_snapshot_of_somebody_else_is_no_point(tags):
    assert points_of(listed((FIRST, "2026-01-02T00:00:02Z", tags)), {}) == []


def test_nothing_listed():
    assert points_of(b"null", {}) == []
    assert newest([]) is None


def test_numbers_that_are_none_are_none():
    tags = ["point:p", "files:x", "bytes:" + "9" * 30, "instance:nobody"]
    (found,) = points_of(listed((FIRST, "2026-01-02T00:00:02+02:00", tags)), {})
    assert (found.files, found.bytes, found.instance) == (0, 0, "")


def test_the_newest_by_time():
    points = [Point(point="a", time=2.0), Point(point="b", time=3.0), Point(point="c", time=1.0)]
    assert newest(points) == points[1]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T02:00:00.000000001+02:00", 0.0),
    ],
)
def test_times_as_go_spells_them(text, seconds):
    assert seconds_of(text) == seconds


def test_what_a_process_tells_is_told_in_words_and_bytes():
    looks = working("w", "p", {"step": "looking"})
    assert (looks.progress, looks.done, looks.total) == ("looking for changes", 0, 0)
    writes = working("w", "p", {"step": "writing", "done": 3, "total": 8})
    assert (writes.progress, writes.done, writes.total) == ("writing", 3, 8)


def test_every_share_is_read_again_in_its_turn():
    names = [f"{n:02x}" + "0" * 62 for n in range(256)]
    assert reread(Book(checked=100.0), names, 50.0, 149.0) is None
    assert reread(Book(), names, 0.0, 1e9) is None
    assert reread(Book(checked=100.0), names, 50.0, 99.0) is not None  # a clock was set back
    seen = set()
    for turn in range(SHARES):
        left = reread(Book(checked=100.0, turn=turn), names, 50.0, 150.0)
        assert left is not None
        assert len(left) == 256 - 256 // SHARES
        seen |= set(names) - set(left)
    assert seen == set(names)


def test_a_failure_that_nobody_knows_has_all_read_more_and_more_seldom():
    book, now, waits = Book(), 1e9, []
    for _failure in range(6):
        assert doubt_in(book, now) == 0
        book = structs.replace(book, doubted=book.doubted + 1, doubted_at=now)
        waits.append(doubt_in(book, now) / 3600)
        assert doubt_in(book, now + waits[-1] * 3600 - 1) == 1
        now += waits[-1] * 3600
    assert waits == [1, 6, 24, 24, 24, 24]
    assert doubt_in(book, book.doubted_at - 5) == 0  # a clock that was set back
