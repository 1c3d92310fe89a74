"""What is remembered of the latest request gives the same as reading the next one whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.latest import MOST, Latest
from proxy.core.parts import Asked, End, Refused
from proxy.core.requests import MAX_LINE, RequestReader
from tests.proxy.core.streams import CUTS, cut, whole

HOST = b"Host: a.example:8080\r\n"
FIRST = [
    b"GET / HTTP/1.1",
    b"GET /b?c=1 HTTP/1.1",
    b"HEAD / HTTP/1.1",
    b"POST / HTTP/1.1",
    b"OPTIONS /" + b"x" * 300 + b" HTTP/1.1",
    b"GET / HTTP/1.0",
    b"GET / HTTP/1.2",
    b"CONNECT /a HTTP/1.1",
    b"GET /#a HTTP/1.1",
    b"GET  / HTTP/1.1",
    b"get / HTTP/1.1",
    b"GET /" + b"y" * MAX_LINE + b" HTTP/1.1",
    b"GET / HTTP/1.1\r\nX: 1",
    b"GET / HTTP/1.1\r\nContent-Length: 2",
    b"GET / HTTP/1.1\r\nHost: b.example",
]
FIELDS = [
    HOST,
    HOST + b"Cookie: a=1; b=2\r\nAccept:  */* \r\n",
    HOST + b"Connection: keep-alive\r\n",
    HOST + b"Connection: close\r\n",
    HOST + b"Connection: X-Hop\r\nX-Hop: 1\r\n",
    HOST + b"Upgrade: websocket\r\nConnection: upgrade\r\n",
    HOST + b"Upgrade: h2c\r\nConnection: upgrade\r\n",
    HOST + b"Upgrade: odd\r\n",
    HOST + b"Expect: 100-continue\r\n",
    HOST + b"TE: trailers\r\nConnection: te\r\n",
    HOST + b"TE: gzip\r\n",
    HOST + b"Content-Length: 0\r\n",
    HOST + b"Content-Length: 2\r\n",
    HOST + b"Transfer-Encoding: chunked\r\n",
    HOST + b"X: " + b"z" * MOST + b"\r\n",
    HOST + HOST,
    HOST + b"X : 1\r\n",
    b"Accept: */*\r\n",
]
MESSAGES = st.builds(
    lambda first, fields, body: first + b"\r\n" + fields + b"\r\n" + body,
    st.one_of(st.sampled_from(FIRST[:3]), st.sampled_from(FIRST)),
    st.one_of(st.sampled_from(FIELDS[:3]), st.sampled_from(FIELDS)),
    st.sampled_from([b"", b"", b"", b"ab", b"0\r\n\r\n", b"\r\n"]),
)


def read(pieces: list[bytes], *, forgetful: bool) -> list:
    reader, parts = RequestReader(), []
    for piece in pieces:
        reader.feed(piece)
        while (part := reader.take()) is not None:
            parts.append(part)
            if forgetful:
                reader._latest.forget()
    return whole(parts)


@given(st.lists(MESSAGES, min_size=1, max_size=8), CUTS)
def test_a_reader_that_remembers_reads_as_one_that_does_not(messages, cuts) -> None:
    pieces = cut(b"".join(messages), cuts)
    assert read(pieces, forgetful=False) == read(pieces, forgetful=True)


@pytest.mark.parametrize("again", FIELDS)
@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_every_request_after_each_with_the_same_fields(first, again, method) -> None:
    before = method + b" /before HTTP/1.1\r\n" + again + b"\r\n"
    pieces = [before, first + b"\r\n" + again + b"\r\n"]
    assert read(pieces, forgetful=False) == read(pieces, forgetful=True)


def test_the_same_fields_are_read_once() -> None:
    asked = [
        part.head
        for part in read(
            [one + b"\r\n" + FIELDS[1] + b"\r\n" for one in FIRST[:3]], forgetful=False
        )
        if isinstance(part, Asked)
    ]
    assert [(one.method, one.target) for one in asked] == [
        ("GET", "/"),
        ("GET", "/b?c=1"),
        ("HEAD", "/"),
    ]
    assert asked[0].headers is asked[1].headers is asked[2].headers
    assert asked[2].get(b"cookie") == "a=1; b=2"
    assert asked[1].path == "/b"


def test_nothing_is_remembered_of_what_was_refused_or_is_long() -> None:
    latest = Latest(MAX_LINE)
    reader = RequestReader()
    for block in (HOST, HOST + b"X: " + b"z" * MOST + b"\r\n"):
        data = b"GET / HTTP/1.1\r\n" + block + b"\r\n"
        reader.feed(data)
        part = reader.take()
        assert isinstance(part, Asked)
        latest.remember(part.head, block)
        assert (latest.again(data, 0, len(data)) is None) is (len(block) > MOST)
    reader.feed(b"GET / HTTP/1.1\r\nHost\r\n\r\n")
    assert isinstance(reader.take(), Refused)
    assert End() not in read([b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"], forgetful=False)
