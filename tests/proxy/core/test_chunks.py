"""The chunked coding undone: what is taken, what is left, what is at fault."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.chunks import MAX_EXTENSIONS, MAX_LINE, MAX_TRAILERS, ChunkReader
from proxy.core.message import chunk, last_chunk


def read(*fed: bytes) -> tuple[ChunkReader, bytes, bytes]:
    """The reader, the body, and what was left behind it."""
    reader, kept = ChunkReader(), b""
    pieces: list[bytes] = []
    for data in fed:
        kept += data
        kept = kept[reader.read(kept, 0, pieces) :]
    return reader, b"".join(pieces), kept


def test_a_body_its_extensions_and_what_follows():
    reader, body, rest = read(b'3;a=b;c="d"\r\nabc\r\n0002\r\nde\r\n000\r\n\r\nGET ')
    assert (reader.done, reader.broken, reader.trailers) == (True, False, [])
    assert (body, rest) == (b"abcde", b"GET ")


def test_trailers_stay_apart():
    reader, body, rest = read(b"1\r\na\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\nrest")
    assert reader.trailers == [(b"x-sum", b"1"), (b"host", b"evil")]
    assert (body, rest) == (b"a", b"rest")


@pytest.mark.parametrize(
    "data",
    [
        b"g\r\n",
        b"\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\n",
        b"1 \r\n",
        b" 1\r\n",
        b"1 ;a\r\n",
        b"1_0\r\n",
        b"3\nabc\n0\n\n",
        b"3\rabc",
        b"3\r\r\nabc",
        b"3;a\nb\r\nabc\r\n",
        b"3;a\rb\r\nabc\r\n",
        b"3;\0\r\nabc\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabc\n0\r\n\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"1000000000000000\r\n",
        b"00000000000000003\r\nabc\r\n",
        b"0\r\n folded: 1\r\n\r\n",
        b"0\r\nX : 1\r\n\r\n",
        b"0\r\nX: 1\n\r\n",
        b"0\r\nX\r\n\r\n",
        b"0\r\nX: \0",
        b"0\n\r\n",
    ],
)
def test_what_is_at_fault(data):
    reader, _body, _rest = read(data)
    assert reader.broken
    single = read(*(data[at : at + 1] for at in range(len(data))))[0]
    assert single.broken, "however it is cut"
    assert not reader.done


def test_lines_extensions_and_trailers_have_bounds():
    assert read(b"1;" + b"x" * (MAX_LINE - 2) + b"\r\na")[1] == b"a"
    assert read(b"1;" + b"x" * (MAX_LINE - 1) + b"\r\na")[0].broken
    assert read(b"1;" + b"x" * MAX_LINE)[0].broken
    one = b"1;" + b"x" * 1023 + b"\r\na\r\n"
    assert not read(one * (MAX_EXTENSIONS // 1024))[0].broken
    assert read(one * (MAX_EXTENSIONS // 1024 + 1))[0].broken
    fits = b"0\r\nX: " + b"y" * (MAX_TRAILERS - 7) + b"\r\n\r\n"
    assert read(fits)[0].done
    assert read(fits.replace(b"y", b"yy", 1))[0].broken
    assert read(b"0\r\nX: " + b"y" * MAX_TRAILERS)[0].broken


FIELD = st.tuples(
    st.from_regex(rb"[a-z][a-z0-9_-]{0,12}", fullmatch=True),
    st.from_regex(rb"(?:[!-~\x80-\xff](?:[ -~]{0,12}[!-~])?)?", fullmatch=True),
)


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    st.lists(FIELD, max_size=4),
    st.lists(st.integers(0, 600), max_size=8),
)
def test_what_is_written_is_read_back_wherever_it_is_cut(bodies, trailers, cuts):
    data = b"".join(chunk(one) for one in bodies) + last_chunk(trailers) + b"next"
    places = [0, *sorted({cut % len(data) for cut in cuts}), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    reader, body, rest = read(*pieces)
    assert (body, rest) == (b"".join(bodies), b"next")
    assert (reader.done, reader.trailers) == (True, trailers)
