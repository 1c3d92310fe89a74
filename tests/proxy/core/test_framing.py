"""Framing as properties: what is written is read back, wherever it is cut; by llhttp as well."""

import httptools
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.core.parts import Answer, Asked, End
from proxy.core.requests import RequestReader
from proxy.core.responses import ResponseReader
from tests.proxy.core.streams import (
    BODIES,
    CUTS,
    HOST,
    REQUESTS,
    RESPONSES,
    cut,
    framed,
    told,
    whole,
    written_request,
    written_response,
)
from tests.proxy.hostile import RequestJudge, hostile_requests

HOSTILE = [row.send for row in hostile_requests() if len(row.send) < 1000]


def read(pieces: list[bytes]) -> list:
    reader, parts = RequestReader(), []
    for piece in pieces:
        reader.feed(piece)
        parts += iter(reader.take, None)
    return parts


def read_answer(pieces: list[bytes], method: str, *, gone: bool) -> tuple[list, bool]:
    reader, parts = ResponseReader(method), []
    for piece in pieces:
        parts += reader.feed(piece)
    return parts + (reader.ended(clean=True) if gone else []), reader.clean


@given(st.lists(REQUESTS, min_size=1, max_size=4), CUTS)
def test_a_pipeline_of_requests_is_read_back(requests, cuts):
    data = b"".join(written_request(*one) for one in requests)
    found = told(read(cut(data, cuts)))
    assert len(found) == len(requests)
    for (head, body, trailers), (method, target, message) in zip(found, requests, strict=True):
        _, framing, pieces, sent_trailers = message
        assert (head.method, head.target, head.authority) == (method, target, HOST[1].decode())
        assert head.headers == [HOST, *framed(message)[0]]
        assert body == (b"" if framing == "none" else b"".join(pieces))
        assert trailers == (sent_trailers if framing == "chunked" else [])


@given(RESPONSES, st.lists(st.sampled_from([100, 102, 103]), max_size=3), CUTS)
def test_a_response_is_read_back(response, interim, cuts):
    status, reason, message = response
    before = b"".join(b"HTTP/1.1 %d\r\n\r\n" % one for one in interim)
    loose = message[1] == "none"
    data = before + written_response(*response) + (b"".join(message[2]) if loose else b"")
    parts, clean = read_answer(cut(data, cuts), "GET", gone=loose)
    assert [part.head.status for part in parts if isinstance(part, Answer)] == [*interim, status]
    head, body, trailers = told(parts)[-1]
    assert (head.reason, head.headers) == (reason, framed(message)[0])
    assert body == b"".join(message[2])
    assert trailers == (message[3] if message[1] == "chunked" else [])
    assert isinstance(parts[-1], End)
    assert clean


@given(RESPONSES, BODIES, CUTS)
def test_what_comes_behind_a_response_is_never_part_of_it(response, more, cuts):
    if response[2][1] == "none" or not (rest := b"".join(more)):
        return
    data = written_response(*response)
    alone, _ = read_answer([data], "GET", gone=False)
    parts, clean = read_answer(cut(data + rest, cuts), "GET", gone=False)
    assert whole(parts) == whole(alone)
    assert not clean


@given(st.lists(REQUESTS.map(lambda one: written_request(*one)) | st.sampled_from(HOSTILE)), CUTS)
def test_where_a_stream_is_cut_means_nothing_hostile_or_not(stream, cuts):
    data = b"".join(stream)
    assert whole(read(cut(data, cuts))) == whole(read([data]))


MUTATED = st.tuples(
    REQUESTS.map(lambda one: written_request(*one)) | st.sampled_from(HOSTILE),
    st.lists(
        st.tuples(
            st.integers(0, 2000),
            st.sampled_from([b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b"0", b"\x0b", b""]),
            st.integers(0, 2),
        ),
        max_size=3,
    ),
)


def mutated(made: tuple[bytes, list[tuple[int, bytes, int]]]) -> bytes:
    data, changes = made
    for at, put, gone in changes:
        place = at % (len(data) + 1)
        data = data[:place] + put + data[place + gone :]
    return data


@settings(max_examples=400)
@given(MUTATED)
def test_whatever_is_accepted_llhttp_reads_in_the_same_way(made):
    data = mutated(made)
    parts = read([data])
    if any(b"upgrade" in part.head.fields for part in parts if isinstance(part, Asked)):
        return  # llhttp stops there
    judge = RequestJudge()
    try:
        judge.feed(data)
    except httptools.HttpParserInvalidMethodError:
        return  # it knows a list of them
    except httptools.HttpParserError as error:
        if "Transfer-Encoding" in str(error):
            return  # it takes no tab behind a value, which RFC 9110 (5.6.3) allows
    ours = completed(parts)
    assert list(zip(judge.seen, judge.bodies, strict=True))[: len(ours)] == ours


def completed(parts: list) -> list[tuple[str, bytes]]:
    """The requests that came whole, as a judge tells them."""
    ends = sum(isinstance(one, End) or _is_whole(one) for one in parts)
    found: list[tuple[str, bytes]] = []
    for head, body, _ in told(parts)[:ends]:
        found.append((f"{head.method} {head.target}", body))
        if not head.keep_alive:
            break  # nothing behind it is worked on
    return found


def _is_whole(part: object) -> bool:
    return isinstance(part, Asked) and not part.head.has_body
