"""Random messages as values and as bytes, streams of them, and places to cut those."""

import itertools

from hypothesis import strategies as st

from proxy.core.message import (
    Headers,
    chunk,
    last_chunk,
    write_request,
    write_response,
)
from proxy.core.parts import Answer, Asked, Body, End, Rest

NAMES = st.from_regex(rb"x-[a-z0-9!#$%&'*+.^_`|~-]{1,10}", fullmatch=True)
VALUES = st.from_regex(
    rb"(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?)?", fullmatch=True
)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=5)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "M-SEARCH"])
TARGETS = st.from_regex(r"/[!-\"$-~]{0,30}", fullmatch=True)
BODIES = st.lists(st.binary(min_size=1, max_size=60), max_size=4)
FRAMINGS = st.sampled_from(["none", "length", "chunked"])
HOST = (b"host", b"a.example:8080")

Message = tuple[Headers, str, list[bytes], Headers]
"""Its own fields, its framing, its body in pieces, its trailers."""
MESSAGES = st.tuples(FIELDS, FRAMINGS, BODIES, FIELDS)
REQUESTS = st.tuples(METHODS, TARGETS, MESSAGES)
RESPONSES = st.tuples(st.sampled_from([200, 201, 205, 404, 418, 503, 999]), VALUES, MESSAGES)
CUTS = st.lists(st.integers(0, 10_000), max_size=12)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The same bytes in pieces."""
    at = sorted({place % len(data) for place in places} - {0}) if data else []
    return [data[a:b] for a, b in itertools.pairwise([0, *at, len(data)])]


def framed(message: Message) -> tuple[Headers, bytes]:
    """All fields of a message, and its body as it goes out."""
    fields, framing, pieces, trailers = message
    if framing == "chunked":
        coded = b"".join(map(chunk, pieces)) + last_chunk(trailers)
        return [*fields, (b"transfer-encoding", b"chunked")], coded
    if framing == "length":
        body = b"".join(pieces)
        return [*fields, (b"content-length", b"%d" % len(body))], body
    return fields, b""


def written_request(method: str, target: str, message: Message) -> bytes:
    fields, body = framed(message)
    return write_request(method, target, [HOST, *fields]) + body


def written_response(status: int, reason: bytes, message: Message) -> bytes:
    fields, body = framed(message)
    return write_response(status, reason, fields) + body


def whole(parts: list) -> list:
    """Parts with neighbouring bytes put together: where a read ended means nothing."""
    found: list = []
    for part in parts:
        if isinstance(part, Body | Rest) and found and type(found[-1]) is type(part):
            found[-1] = type(part)(found[-1].data + part.data)
        else:
            found.append(part)
    return found


def told(parts: list) -> list[tuple[object, bytes, Headers]]:
    """Each message that the parts make up: its head, its body, its trailers."""
    found: list[tuple[object, bytes, Headers]] = []
    for part in parts:
        match part:
            case Asked(head=head) | Answer(head=head):
                found.append((head, b"", []))
            case Body(data=data):
                head, body, trailers = found[-1]
                found[-1] = head, body + data, trailers
            case End(trailers=trailers):
                head, body, _ = found[-1]
                found[-1] = head, body, trailers
    return found
