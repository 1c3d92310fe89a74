"""Requests out of bytes, and every known way to smuggle one refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.parts import Asked, Body, End, Refused, Rest
from proxy.core.requests import MAX_HEAD, MAX_LINE, RequestReader

HOST = b"Host: a.example\r\n"
CHUNKED = b"POST /c HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


def taken(reader: RequestReader, data: bytes) -> list:
    """All parts that these bytes complete."""
    reader.feed(data)
    return list(iter(reader.take, None))


def read(*pieces: bytes) -> list:
    reader = RequestReader()
    return [part for piece in pieces for part in taken(reader, piece)]


def refused(data: bytes) -> int:
    """The status of the refusal, which must be the last thing that is said."""
    reader = RequestReader()
    parts = taken(reader, data)
    assert isinstance(parts[-1], Refused), parts
    assert taken(reader, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") == []
    return parts[-1].status


def bodies(parts: list) -> bytes:
    return b"".join(part.data for part in parts if isinstance(part, Body))


def kinds(parts: list) -> list[type]:
    found = [type(part) for part in parts]
    return [one for at, one in enumerate(found) if one is not Body or found[at - 1] is not Body]


def test_a_plain_request():
    [asked] = read(b"GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
    head = asked.head
    assert (head.method, head.target, head.path, head.authority) == ("GET", "/a?b=c", "/a", "h:1")
    assert head.headers == [(b"host", b"h:1"), (b"x-a", b"1"), (b"x-a", b"2")]
    assert (head.http11, head.keep_alive, head.has_body, head.upgrade) == (True, True, False, "")


def test_bodies_with_a_length_and_in_chunks():
    parts = read(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello")
    assert (kinds(parts), bodies(parts)) == ([Asked, Body, End], b"hello")
    parts = read(CHUNKED + b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (kinds(parts), bodies(parts)) == ([Asked, Body, End], b"abcde")
    assert parts[0].head.chunked


def test_trailers_are_dropped():
    parts = read(CHUNKED + b"1\r\na\r\n0\r\nX-Podium-Proof: forged\r\n\r\n")
    assert kinds(parts) == [Asked, Body, End]
    assert b"x-podium-proof" not in parts[0].head.fields


def test_requests_one_behind_the_other():
    one = b"GET /1 HTTP/1.1\r\n" + HOST + b"\r\n"
    parts = read(one + one.replace(b"/1 ", b"/2 "))
    assert [part.head.target for part in parts if isinstance(part, Asked)] == ["/1", "/2"]


@pytest.mark.parametrize(
    ("line", "keeps"),
    [
        (b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", True),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n" + HOST + b"\r\n", False),
        (b"GET / HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n", False),
    ],
)
def test_who_keeps_the_connection(line, keeps):
    assert read(line)[0].head.keep_alive is keeps


@pytest.mark.parametrize(
    "data",
    [
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3, 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0x3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
        b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 301 + b"\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/0.9\r\n" + HOST + b"\r\n",
        b"GET /\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        CHUNKED + b"zz\r\nabc\r\n",
        CHUNKED + b"3\nabc\n0\n\n",
        CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\na",
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(data):
    assert refused(data) in {400, 505}


def test_heads_and_targets_have_a_bound():
    assert refused(b"GET /" + b"a" * MAX_LINE + b" HTTP/1.1\r\n" + HOST + b"\r\n") == 414
    field = b"X-%d: " + b"y" * 1000 + b"\r\n"
    head = b"".join(field % number for number in range(MAX_HEAD // 1000 + 1))
    assert refused(b"GET / HTTP/1.1\r\n" + HOST + head + b"\r\n") == 431


def test_a_head_without_an_end_is_noticed_before_it_is_whole():
    reader, fed = RequestReader(), 0
    parts = taken(reader, b"GET / HTTP/1.1\r\n" + HOST + b"X: ")
    assert reader.inside_head
    while not parts:
        parts = taken(reader, b"y" * 1000)
        fed += 1000
        assert fed < 3 * MAX_HEAD
    assert parts[0].status == 431


def test_after_a_websockets_head_everything_is_another_protocol():
    ask = (
        b"GET / HTTP/1.1\r\n" + HOST + b"Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
    )
    parts = read(ask + b"\r\n\x81\x05hello", b"GET / HTTP/1.1\r\n\r\n")
    assert parts[0].head.upgrade == "websocket"
    assert parts[-2:] == [Rest(b"\x81\x05hello"), Rest(b"GET / HTTP/1.1\r\n\r\n")]


@pytest.mark.parametrize(
    "wish",
    [
        b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
        b"Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
        b"Connection: keep-alive\r\nUpgrade: websocket\r\n",
    ],
)
def test_other_upgrades_are_ignored_and_reading_goes_on(wish):
    follow = b"GET /2 HTTP/1.1\r\n" + HOST + b"\r\n"
    parts = read(b"POST / HTTP/1.1\r\n" + HOST + wish + b"Content-Length: 3\r\n\r\nabc" + follow)
    assert [part.head.upgrade for part in parts if isinstance(part, Asked)] == ["", ""]
    assert (kinds(parts), bodies(parts)) == ([Asked, Body, End, Asked], b"abc")


STREAM = (
    b"GET /1 HTTP/1.1\r\n" + HOST + b"Cookie: a=b\r\n\r\n"
    b"POST /2 HTTP/1.1\r\n" + HOST + b"Content-Length: 7\r\n\r\nseven77"
    + CHUNKED + b"3\r\nabc\r\na\r\n0123456789\r\n0\r\nT: x\r\n\r\n"
    b"POST /3 HTTP/1.1\r\n" + HOST
    + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok"
    b"GET /4 HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes"
)  # fmt: skip


def whole(parts: list) -> list:
    """Parts with neighbouring bytes put together: where a read ended means nothing."""
    found: list = []
    for part in parts:
        if isinstance(part, Body | Rest) and found and type(found[-1]) is type(part):
            found[-1] = type(part)(found[-1].data + part.data)
        else:
            found.append(part)
    return found


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
def test_where_the_bytes_are_cut_means_nothing(cuts):
    places = [0, *sorted(set(cuts)), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in itertools.pairwise(places)]
    assert whole(read(*pieces)) == whole(read(STREAM))
