"""A tunnel's two ends: bytes, half-closes, pauses, losses."""

import asyncio
from typing import cast

import pytest

from proxy.net.relay import Relay
from proxy.net.upstream import Wire


class Transport:
    """Notes what is done to a connection."""

    def __init__(self) -> None:
        self.done: list[str | bytes] = []
        self.closing = False
        self.half = True

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def can_write_eof(self) -> bool:
        return self.half

    def write_eof(self) -> None:
        self.done.append("eof")

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.done.append("pause")

    def resume_reading(self) -> None:
        self.done.append("resume")

    def close(self) -> None:
        self.done.append("close")

    def abort(self) -> None:
        self.done.append("abort")


class Joined:
    """A relay between two transports."""

    def __init__(self) -> None:
        self.client, self.upstream = Transport(), Transport()
        self.wire = Wire()
        self.wire.transport = cast("asyncio.Transport", self.upstream)
        self.ended: list[tuple[int, int]] = []
        self.relay = Relay(
            cast("asyncio.Transport", self.client),
            self.wire,
            lambda: self.ended.append((self.relay.sent, self.relay.received)),
        )
        self.wire.user = self.relay


@pytest.fixture
def joined() -> Joined:
    return Joined()


def test_it_begins_with_what_came_before(joined: Joined) -> None:
    joined.relay.begin(b"101", b"early")
    assert (joined.client.done, joined.upstream.done) == ([b"101"], [b"early"])


def test_nothing_before_is_nothing_sent(joined: Joined) -> None:
    joined.relay.begin(b"", b"")
    assert (joined.client.done, joined.upstream.done) == ([], [])


def test_bytes_go_both_ways_and_are_counted_towards_the_client(joined: Joined) -> None:
    joined.relay.from_client(b"question")
    joined.wire.data_received(b"answer")
    assert (joined.client.done, joined.upstream.done) == ([b"answer"], [b"question"])
    assert joined.relay.sent == 6


def test_each_end_is_passed_on_and_the_second_closes(joined: Joined) -> None:
    assert joined.relay.client_eof() is True
    assert joined.upstream.done == ["eof"]
    assert joined.relay.upstream_eof() is False, "both have ended"


def test_the_upstreams_end_leaves_the_client_talking(joined: Joined) -> None:
    assert joined.wire.eof_received() is True
    assert joined.client.done == ["eof"]
    joined.relay.from_client(b"more")
    assert joined.upstream.done == [b"more"]
    assert joined.relay.client_eof() is False


def test_who_cannot_half_close_is_closed(joined: Joined) -> None:
    joined.upstream.half = joined.client.half = False
    assert joined.relay.client_eof() is False
    assert joined.relay.upstream_eof() is False


def test_the_slower_side_sets_the_pace(joined: Joined) -> None:
    joined.relay.client_full(full=True)
    joined.relay.client_full(full=True)
    joined.relay.client_full(full=False)
    assert joined.upstream.done == ["pause", "resume"]
    joined.wire.pause_writing()
    joined.wire.pause_writing()
    joined.wire.resume_writing()
    assert joined.client.done == ["pause", "resume"]


def test_a_client_that_closes_is_not_held(joined: Joined) -> None:
    joined.client.closing = True
    joined.relay.upstream_full(full=True)
    assert joined.client.done == []
    assert joined.relay.upstream_eof() is False


def test_a_lost_client_lets_the_upstream_read_to_the_end(joined: Joined) -> None:
    joined.relay.client_lost()
    assert joined.upstream.done == ["close"]
    joined.relay.upstream_lost(clean=True)
    assert joined.ended == [], "the client's loss has been told already"


def test_a_lost_upstream_is_told_once(joined: Joined) -> None:
    joined.wire.data_received(b"bye")
    joined.wire.connection_lost(None)
    joined.relay.upstream_lost(clean=False)
    assert joined.ended == [(3, 0)]
    joined.relay.from_client(b"to nobody")
    assert joined.relay.client_eof() is False
