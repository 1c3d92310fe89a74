"""The routing table follows the feed in any order it comes, and says when it missed something."""

from base64 import b64encode

import pytest

from proxy.core.table import EVERYTHING, RELEASED_AT_ONCE, STALE_AFTER, Table
from tests.proxy.world import MOMENT, NOW, OTHER, PUBLIC, WORKSPACE, make_route, make_table
from wire.routes import ROUTES_AT_ONCE, Del, EndSession, Hello, Part, Put, Snapshot, split

AT = MOMENT.monotonic
MANY = [make_route(f"amber-otter-{number:010}") for number in range(2 * ROUTES_AT_ONCE + 1)]


def test_a_snapshot_replaces_everything():
    table = make_table(make_route("blue-crane-0123456789"), sessions={"old": 1})
    message = Snapshot(epoch="f", seq=1, routes=[make_route()], sessions={"new": 2})
    assert table.apply(message, AT) == {EVERYTHING}
    assert set(table.routes) == {WORKSPACE}
    assert table.ended == {"new": 2}
    assert table.since == "f:1"


def test_changes_one_after_the_other():
    table = make_table()
    assert table.apply(Put(epoch="e", seq=8, route=make_route(version=6)), AT) == {WORKSPACE}
    assert table.routes[WORKSPACE].version == 6
    assert table.apply(Del(epoch="e", seq=9, workspace=OTHER, version=9), AT) == {OTHER}
    assert OTHER not in table.routes
    ended = EndSession(epoch="e", seq=10, session="s1", at=int(NOW))
    assert table.apply(ended, AT) == {EVERYTHING}
    assert table.ended == {"s1": int(NOW)}


@pytest.mark.parametrize(
    "message",
    [
        Put(epoch="e", seq=9, route=make_route(version=6)),
        Put(epoch="other", seq=8, route=make_route(version=6)),
        Del(epoch="e", seq=100, workspace=WORKSPACE, version=9),
    ],
)
def test_a_gap_is_told_and_nothing_is_changed(message):
    table = make_table()
    assert table.apply(message, AT) is None
    assert table.routes[WORKSPACE].version == 5


def test_after_a_gap_the_whole_table_is_asked_for_and_the_old_one_serves():
    table = make_table()
    table.forget_place()
    assert table.since == ":0"
    assert WORKSPACE in table.routes


def test_what_came_before_is_dropped():
    table = make_table()
    assert table.apply(Put(epoch="e", seq=7, route=make_route(version=9)), AT) == set()
    assert table.routes[WORKSPACE].version == 5


def test_an_older_version_never_replaces_a_newer_one():
    table = make_table()
    assert table.apply(Put(epoch="e", seq=8, route=make_route(version=4)), AT) == set()
    assert table.routes[WORKSPACE].version == 5
    assert table.apply(Del(epoch="e", seq=9, workspace=WORKSPACE, version=4), AT) == set()
    assert WORKSPACE in table.routes


def test_a_deleted_workspace_does_not_come_back_by_an_old_message():
    table = make_table()
    table.apply(Del(epoch="e", seq=8, workspace=WORKSPACE, version=8), AT)
    assert table.apply(Put(epoch="e", seq=9, route=make_route(version=7)), AT) == set()
    assert WORKSPACE not in table.routes
    assert table.apply(Put(epoch="e", seq=10, route=make_route(version=9)), AT) == {WORKSPACE}


def test_deleting_what_is_not_there_touches_nobody():
    gone = Del(epoch="e", seq=8, workspace="blue-crane-0123456789", version=1)
    assert make_table().apply(gone, AT) == set()


def test_every_sign_of_life_keeps_it_fresh():
    table = Table()
    assert not table.fresh(AT)
    table.apply(Hello(epoch="e", keys=[PUBLIC]), AT)
    assert table.fresh(AT + STALE_AFTER - 1)
    assert not table.fresh(AT + STALE_AFTER)


def test_keys_that_are_none_are_refused_and_the_old_ones_stay():
    table = make_table()
    with pytest.raises(ValueError, match=r".+"):
        table.set_keys([b64encode(b"short").decode()])
    assert table.raw_keys == [PUBLIC]


def test_what_is_kept_on_disk_gives_the_same_table():
    table = make_table(sessions={"s": 1})
    again = Table()
    again.set_keys(table.raw_keys)
    again.apply(table.snapshot(), AT)
    assert (again.routes, again.ended, again.since) == (table.routes, table.ended, table.since)


def test_a_snapshot_in_parts_counts_when_it_is_whole():
    table = make_table()
    parts = list(split(Snapshot(epoch="f", seq=3, routes=MANY, sessions={"s": 1})))
    assert [type(one) for one in parts] == [Snapshot, Part, Part]
    for one in parts[:-1]:
        assert table.apply(one, AT + 5) == set()
        assert set(table.routes) == {WORKSPACE, OTHER}, "meanwhile the old one is served from"
        assert (table.since, table.heard) == ("e:7", MOMENT.monotonic)
    assert table.apply(parts[-1], AT + 6) == {EVERYTHING}
    assert (table.since, table.heard, table.ended) == ("f:3", AT + 6, {"s": 1})
    assert list(table.routes.values()) == MANY


def test_a_part_of_another_snapshot_is_a_gap():
    snapshot, second, _third = split(Snapshot(epoch="f", seq=3, routes=MANY))
    table = make_table()
    assert table.apply(second, AT) is None
    table.apply(snapshot, AT)
    assert table.apply(Part(epoch="f", seq=4, routes=[], more=False), AT) is None
    assert table.apply(Put(epoch="e", seq=8, route=make_route()), AT) is None
    assert set(table.routes) == {WORKSPACE, OTHER}


def test_a_snapshot_that_was_cut_off_is_forgotten_by_the_next_hello():
    table = make_table()
    table.apply(next(split(Snapshot(epoch="f", seq=3, routes=MANY))), AT)
    table.apply(Hello(epoch="e", keys=[PUBLIC]), AT)
    assert table.apply(Put(epoch="e", seq=8, route=make_route(version=9)), AT) == {WORKSPACE}


def test_the_table_before_goes_bit_by_bit():
    table = make_table()
    routes = [make_route(f"amber-otter-{number:010}") for number in range(RELEASED_AT_ONCE + 1)]
    for epoch in ("f", "g"):
        table.apply(Snapshot(epoch=epoch, seq=1, routes=routes), AT)
    assert table.release()
    assert not table.release()
    assert not table.release()
    assert len(table.routes) == len(routes)


def test_what_has_not_changed_is_kept_once():
    table = make_table()
    held = table.routes[WORKSPACE]
    table.apply(Snapshot(epoch="f", seq=1, routes=[make_route(), make_route(OTHER, version=9)]), AT)
    assert table.routes[WORKSPACE] is held
    assert table.routes[OTHER].version == 9
