"""One response out of bytes: its framing, its end, and whether the connection is clean."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import responses
from proxy.core.parts import Answer, Body, End, Refused, Rest
from proxy.core.responses import MAX_HEAD, ResponseReader


def read(data: bytes, method: str = "GET", *, gone: bool = False) -> tuple[list, ResponseReader]:
    reader = ResponseReader(method)
    parts = reader.feed(data)
    return parts + (reader.ended(clean=True) if gone else []), reader


def bodies(parts: list) -> bytes:
    return b"".join(part.data for part in parts if isinstance(part, Body))


def test_a_body_with_a_length():
    parts, reader = read(b"HTTP/1.1 200 Fine\r\nContent-Length: 3\r\nX: 1\r\n\r\nabc")
    assert (parts[0].head.status, parts[0].head.reason) == (200, b"Fine")
    assert (parts[0].head.length, parts[0].head.keep_alive) == (3, True)
    assert bodies(parts) == b"abc"
    assert parts[-1] == End()
    assert reader.clean


def test_a_body_in_chunks_loses_its_framing_and_keeps_its_trailers_apart():
    parts, _reader = read(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n"
    )
    assert (bodies(parts), parts[-1], parts[0].head.chunked) == (b"abc", End([(b"t", b"x")]), True)
    assert [key for key, _ in parts[0].head.headers] == [b"transfer-encoding"]


@pytest.mark.parametrize("size", [8192, 8193, 100_000])
@pytest.mark.parametrize("known", [True, False])
def test_a_large_body_behind_its_head_is_whole(size, known):
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    head = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: %d\r\n" % size if known else b"") + b"\r\n"
    reader = ResponseReader("GET")
    parts = [*reader.feed(head + body[:-1]), *reader.feed(body[-1:]), *reader.ended(clean=True)]
    assert bodies(parts) == body
    assert (parts[-1], reader.clean) == (End(), True)


def test_a_body_that_ends_with_the_connection():
    parts, _reader = read(b"HTTP/1.1 200 OK\r\n\r\nabc", gone=True)
    assert (bodies(parts), parts[-1]) == (b"abc", End())
    parts, reader = read(b"HTTP/1.1 200 OK\r\n\r\nabc")
    assert reader.ended(clean=False) == [], "nobody knows what a reset has swallowed"


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        b"HTTP/1.1 200 OK\r\nConte",
        b"",
    ],
)
def test_a_body_that_broke_off_has_no_end(data):
    parts, _reader = read(data, gone=True)
    assert End() not in parts


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body_end_at_once(status):
    parts, reader = read(b"HTTP/1.1 %d X\r\nContent-Length: 3\r\n\r\n" % status)
    assert parts[-1] == End()
    assert reader.clean


def test_the_answer_to_head_has_no_body_whatever_it_says():
    parts, reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD")
    assert [type(part) for part in parts] == [Answer, End]
    assert parts[0].head.length == 9
    assert reader.clean


def test_interim_answers_come_before_the_one():
    parts, _reader = read(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    )
    assert [part.head.status for part in parts if isinstance(part, Answer)] == [100, 103, 200]
    assert parts[-1] == End()


def test_a_switch_of_protocols_hands_over_what_follows():
    parts, _reader = read(
        b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00"
    )
    assert parts[-1] == Rest(b"\x81\x00")
    assert parts[0].head.status == 101


def test_what_comes_behind_the_end_makes_the_connection_unclean():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
    _parts, reader = read(data + data)
    assert not reader.clean
    _parts, reader = read(data)
    assert reader.feed(b"x") == []
    assert not reader.clean


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_nonsense_is_refused(data):
    parts, _reader = read(data)
    assert isinstance(parts[-1], Refused)
    assert parts[-1].status == 502


def test_a_head_has_a_bound():
    parts, _reader = read(b"HTTP/1.1 200 OK\r\nX: " + b"y" * MAX_HEAD)
    assert parts == [Refused(502, "response head is too large")]


STREAM = (
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
    b"3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"
)


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
def test_where_the_bytes_are_cut_means_nothing(cuts):
    places = [0, *sorted(set(cuts)), len(STREAM)]
    reader = ResponseReader("GET")
    parts = [part for a, b in itertools.pairwise(places) for part in reader.feed(STREAM[a:b])]
    assert bodies(parts) == b"abc0123456789"
    assert [part.head.status for part in parts if isinstance(part, Answer)] == [100, 200]
    assert parts[-1] == End()


REMEMBERED = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000 + b"\r\nContent-Length: 2\r\n\r\n",
]


@pytest.mark.parametrize("said", REMEMBERED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_head_that_was_read_before_is_read_the_same(said: bytes, method: str) -> None:
    responses._REMEMBERED.clear()
    first, second, third = (ResponseReader(method) for _ in range(3))
    once = first.feed(said + b"ok")
    assert second.feed(said + b"ok") == once
    cut = [*third.feed(said[:20]), *third.feed(said[20:] + b"ok")]
    assert cut == once
    assert first.clean is second.clean is third.clean


def test_of_heads_with_cookies_and_of_long_ones_nothing_is_remembered() -> None:
    responses._REMEMBERED.clear()
    for said in REMEMBERED:
        ResponseReader("GET").feed(said)
    assert not [one for one in responses._REMEMBERED if b"ookie" in one or len(one) > 768]
    for number in range(2000):
        ResponseReader("GET").feed(
            b"HTTP/1.1 200 OK\r\nETag: %d\r\nContent-Length: 2\r\n\r\n" % number
        )
    assert len(responses._REMEMBERED) <= 512
