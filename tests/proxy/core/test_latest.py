"""What is remembered of the latest request gives the same as reading the next one whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import events
from proxy.core.headers import request_headers
from proxy.core.latest import MOST, Latest
from proxy.core.parts import Asked, Refused
from proxy.core.requests import MAX_LINE, RequestReader
from tests.proxy.core.play import OK, Play
from tests.proxy.core.streams import CUTS, cut, whole
from tests.proxy.world import OPEN_PORT, PORT, SELF, ports_cookie, request, upgrade

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
    b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked",
    b"GET / HTTP/1.1\r\nConnection: close",
    b"GET / HTTP/1.1\r\n folded",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\n",
    b"GET / HTTP/1.1\r",
    b"GET / HTTP/1.1 ",
    b"GET /",
    b"GET /\x00 HTTP/1.1",
    b"GET /\xc3\xa9 HTTP/1.1",
    b"GET http://b.example/ HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"\r\nGET / HTTP/1.1",
    b"",
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
    HOST + b"Expect: 200-ok\r\n",
    HOST + b"Content-Length: 0\r\n",
    HOST + b"Content-Length: 2\r\n",
    HOST + b"Transfer-Encoding: chunked\r\n",
    HOST + b"X: " + b"z" * MOST + b"\r\n",
    HOST + HOST,
    HOST + b"X : 1\r\n",
    b"Accept: */*\r\n",
]
PLAIN = {FIELDS[4], HOST + b"TE: gzip\r\n"}
"""Of those from the fourth on, what may be remembered: they ask for nothing that is granted."""
MESSAGES = st.builds(
    lambda first, fields, body: first + b"\r\n" + fields + b"\r\n" + body,
    st.one_of(st.sampled_from(FIRST[:3]), st.sampled_from(FIRST)),
    st.one_of(st.sampled_from(FIELDS[:3]), st.sampled_from(FIELDS)),
    st.sampled_from([b"", b"", b"", b"ab", b"0\r\n\r\n", b"\r\n"]),
)


def read(pieces: list[bytes], *, forgetful: bool) -> list:
    """All parts; of each head also what is worked out of its fields."""
    reader, parts = RequestReader(), []
    for piece in pieces:
        reader.feed(piece)
        while (part := reader.take()) is not None:
            parts.append(part)
            if isinstance(part, Asked):
                head = part.head
                parts.append((head.fields, head.path, head.has_body, head.replayable))
                parts.append((head.cookies("a"), head.cookies("b")))
                if len(parts) % 5 or not head.target.endswith("1"):  # some are answered here
                    code = bool(len(parts) % 7)
                    told = request_headers(head, "http", "c", "id", user_code=code)
                    assert request_headers(head, "http", "c", "id", user_code=code) == told
                    parts.append(told)
            if forgetful:
                reader._latest.forget()
    return whole(parts)


def both(pieces: list[bytes]) -> None:
    """It must not matter whether anything is remembered."""
    assert read(pieces, forgetful=False) == read(pieces, forgetful=True)


@given(st.lists(MESSAGES, min_size=1, max_size=8), CUTS)
def test_a_reader_that_remembers_reads_as_one_that_does_not(messages, cuts) -> None:
    both(cut(b"".join(messages), cuts))


@given(
    st.sampled_from(FIRST[:4]),
    st.sampled_from(FIELDS),
    st.integers(0, 400),
    st.integers(0, 2),
    st.one_of(
        st.sampled_from([b"", b"\r", b"\n", b"\r\n", b" ", b":", b"\0"]), st.binary(max_size=3)
    ),
)
def test_a_repetition_in_which_any_byte_is_another(first, fields, at, gone, put) -> None:
    before = b"GET /before HTTP/1.1\r\n" + fields + b"\r\n"
    again = first + b"\r\n" + fields + b"\r\n"
    at %= len(again)
    both([before, again[:at] + put + again[at + gone :], before])


LINES = [
    [HOST, HOST, HOST, b"Host: b.example\r\n", b"host: a.example:8080\r\n", b"Host: a b\r\n"],
    [
        *(b"Cookie: a=1\r\n", b"Cookie: a=2\r\n", b"Cookie:a=1; b=2 \r\n", b"cookie: a=1\r\n"),
        *(b"Cookie: podium_a=1\r\n", b"Cookie: a=1; podium_b=2\r\n", b"X-Podium-A: 1\r\n"),
        *(b"X-Forwarded-For: 1\r\n", b"X-Forwarded-For: 2\r\n", b"X-Frame-Options: 1\r\n"),
        *(b"X-Frame-Options: 2\r\n", b"X-Podium-A: 2\r\n", b"Set-Cookie: 1\r\n"),
    ],
    [
        b"Accept: */*\r\n",
        b"Accept: text/css\r\n",
        b"Cookie: c=3\r\n",
        b"Accept : */*\r\n",
        b" folded\r\n",
        b"Accept: a\rb\r\n",
        b"Accept: a\nb\r\n",
        b"Accept: a\r\r\n",
        b"Accept\r\n",
        b"Accept: \x00\r\n",
        b"",
        b"\r\n",
        b"Accept: " + b"z" * MOST + b"\r\n",
        b"Expect: 100-continue\r\n",
        b"Upgrade: websocket\r\n",
        b"TE: trailers\r\n",
        b"Content-Length: 2\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ],
    [
        b"Connection: keep-alive\r\n",
        b"Connection: close\r\n",
        b"Connection: upgrade, te\r\n",
        b"Connection: accept, x\r\n",
        b"X: 1\r\n",
    ],
]
VARIED = st.builds(
    lambda first, lines, body: first + b"\r\n" + b"".join(lines) + b"\r\n" + body,
    st.one_of(st.just(FIRST[0]), st.sampled_from(FIRST)),
    st.tuples(*[st.one_of(st.sampled_from(one[:2]), st.sampled_from(one)) for one in LINES]),
    st.sampled_from([b"", b"", b"", b"ab", b"\r\n"]),
)


@given(st.lists(VARIED, min_size=2, max_size=8), CUTS)
def test_fields_of_which_some_are_others_are_read_as_if_all_were(messages, cuts) -> None:
    both(cut(b"".join(messages), cuts))


@pytest.mark.parametrize("other", [one for row in LINES for one in row])
@pytest.mark.parametrize("place", range(4))
def test_any_line_in_the_place_of_any_other(place, other) -> None:
    plain = [row[0] for row in LINES]
    varied = [*plain[:place], other, *plain[place + 1 :]]
    first = b"GET / HTTP/1.1\r\n"
    both([first + b"".join(lines) + b"\r\n" for lines in (plain, varied, plain, varied)])


def test_only_the_fields_that_are_others_are_read() -> None:
    asked = [
        part.head
        for part in read(
            [
                b"GET /%d HTTP/1.1\r\n%bA: 1\r\nCookie: n=%d\r\n\r\n" % (n, HOST, n)
                for n in range(3)
            ],
            forgetful=False,
        )
        if isinstance(part, Asked)
    ]
    assert [(one.target, one.get(b"cookie")) for one in asked] == [
        ("/0", "n=0"),
        ("/1", "n=1"),
        ("/2", "n=2"),
    ]
    assert asked[1].headers[1] is asked[2].headers[1] is asked[0].headers[1]
    assert asked[2].cookies("n") == ["2"]


@pytest.mark.parametrize("again", FIELDS)
@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_every_request_after_each_with_the_same_fields(first, again, method) -> None:
    before = method + b" /before HTTP/1.1\r\n" + again + b"\r\n"
    both([before, first + b"\r\n" + again + b"\r\n", before])


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
    assert reader._latest.again(data, 0, len(data)) is None


@pytest.mark.parametrize("fields", FIELDS[3:])
def test_what_frames_or_asks_for_more_than_an_answer_is_never_remembered(fields) -> None:
    for first in (HOST, fields):
        reader = RequestReader()
        reader.feed(b"GET / HTTP/1.1\r\n" + first + b"\r\nGET / HTTP/1.1\r\n" + fields + b"\r\n")
        while reader.take() is not None:
            pass
        data = b"GET / HTTP/1.1\r\n" + fields + b"\r\n"
        kept = reader._latest.again(data, 0, len(data))
        assert kept is None or fields in PLAIN


ASKED = [
    (OPEN_PORT, {}),
    (OPEN_PORT, {"Cookie": "theme=dark", "X-Forwarded-For": "1.2.3.4"}),
    (OPEN_PORT, {"Connection": "X-Hop", "X-Hop": "1"}),
    (OPEN_PORT, {"Connection": "close"}),
    (PORT, SELF),
    (PORT, {**SELF, "Cookie": f"theme=dark; {ports_cookie()}"}),
    (PORT, {**SELF, "Cookie": ports_cookie(epoch=1)}),
    (PORT, {**upgrade(f"http://{PORT}"), "Cookie": ports_cookie()}),
    ("nowhere.example", {}),
]


@given(
    st.lists(
        st.builds(
            lambda method, target, asked, body: request(target, asked[0], method, asked[1], body),
            st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
            st.sampled_from(["/", "/a?b=c", "/_podium/sign-out", "/favicon.ico"]),
            st.sampled_from(ASKED),
            st.sampled_from([b"", b"", b"ab"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_connection_that_remembers_says_and_logs_the_same(asked) -> None:
    plays = [Play(), Play()]
    for one in asked:
        said = []
        for play in plays:
            words = play.ask(one)
            if "Open" in words:
                words += play.tell(events.Opened(kept=False))
                words += play.answer(OK)
            said.append(words)
        assert said[0] == said[1]
        plays[1].core._line.reader._latest.forget()
    first, second = plays
    assert first.to_upstream == second.to_upstream
    assert first.to_client == second.to_client
    assert (first.opened, first.records) == (second.opened, second.records)
