"""Whatever bytes come, readers give parts, say no once, and never raise."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.parts import Answer, Asked, Body, End, Refused, Rest
from proxy.core.requests import RequestReader
from proxy.core.responses import ResponseReader

WORDS = st.sampled_from(
    [
        b"GET / HTTP/1.1\r\n",
        b"POST /x HTTP/1.1\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 101 S\r\n",
        b"Host: a\r\n",
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"\r\n",
        b"abc",
        b"\n",
    ]
)
PIECES = st.lists(WORDS | st.binary(max_size=8), max_size=20)


@given(PIECES)
def test_requests(pieces):
    reader = RequestReader()
    parts = []
    for piece in pieces:
        reader.feed(piece)
        parts += iter(reader.take, None)
    assert all(isinstance(part, Asked | Body | End | Rest | Refused) for part in parts)
    assert not any(isinstance(part, Refused) for part in parts[:-1])
    depth = 0
    for part in parts:
        if isinstance(part, Asked):
            assert depth == 0, "a request began inside another"
            depth = int(part.head.has_body)
        elif isinstance(part, End):
            depth = 0
        elif isinstance(part, Body):
            assert depth == 1, "a body without a request"


@given(PIECES, st.sampled_from(["GET", "HEAD"]))
def test_responses(pieces, method):
    reader = ResponseReader(method)
    parts = [part for piece in pieces for part in reader.feed(piece)] + reader.ended(clean=True)
    assert all(isinstance(part, Answer | Body | End | Rest | Refused) for part in parts)
    ends = [at for at, part in enumerate(parts) if isinstance(part, End | Refused | Rest)]
    assert ends in ([], [len(parts) - 1]), "something came behind the end"
    if method == "HEAD":
        assert not any(isinstance(part, Body) for part in parts)
