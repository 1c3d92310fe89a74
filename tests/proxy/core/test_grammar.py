"""What a head may hold, and what it may not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.grammar import (
    _KNOWN,
    _LINES,
    _LONGEST,
    _LOWERED,
    TEXT,
    TOKEN,
    forbidden_at,
    is_chunked,
    options,
    read_fields,
    read_length,
)


def test_fields_are_lowered_and_trimmed():
    block = b"A: 1\r\nX-B:\t two words \t\r\nEmpty:\r\n"
    assert read_fields(block) == [(b"a", b"1"), (b"x-b", b"two words"), (b"empty", b"")]
    assert read_fields(b"") == []


def fields(block: bytes) -> list[tuple[bytes, bytes]]:
    found = read_fields(block)
    assert found is not None
    return found


def test_a_name_is_one_object_however_it_is_spelled_and_none_is_kept_for_ever():
    first, again = (fields(b"X-Odd: 1\r\nx-oDD: 2\r\n")[n][0] for n in (0, 1))
    assert first is again
    for number in range(10_000):
        assert fields(b"N-%d: 1\r\n" % number) == [(b"n-%d" % number, b"1")]
    assert len(_LOWERED) <= 4097
    assert len(_LINES) <= _KNOWN
    long = b"L" * 200
    assert fields(long + b": 1\r\n") == [(long.lower(), b"1")]
    assert long not in _LOWERED


def test_a_line_is_read_once_unless_it_is_long_or_secret():
    line = b"X-Line:  a b "
    assert fields(line + b"\r\n")[0] is fields(line + b"\r\n")[0]
    for other in (
        b"X-Long: " + b"y" * _LONGEST,
        b"Cookie: a=1",
        b"AUTHORIZATION: Basic eA==",
        b"Proxy-Authorization: x",
        b"Set-Cookie: a=1",
    ):
        assert fields(other + b"\r\n") == fields(other + b"\r\n")
        assert other not in _LINES


LINES = st.binary(max_size=12) | st.sampled_from(
    [b"A: 1", b"a: 1", b"A:1", b"A: 1 ", b"A : 1", b" A: 1", b"A: \0", b"A: 1\n", b"A: 1\r", b""]
)


@given(st.lists(LINES, max_size=6), st.sampled_from([b"", b"\r\n"]), st.booleans())
def test_lines_mean_the_same_whatever_was_read_before(lines, end, known):
    block = b"\r\n".join(lines) + end
    if not known:
        _LINES.clear()
    whole = re.fullmatch(rb"(?:" + TOKEN + rb"+:" + TEXT + rb"*\r\n)*", block)
    found = read_fields(block)
    assert (found is not None) == (whole is not None)
    if found is not None:
        pairs = [one.partition(b":") for one in block.split(b"\r\n")[:-1]]
        assert found == [(name.lower(), value.strip(b" \t")) for name, _, value in pairs]


@pytest.mark.parametrize(
    "block",
    [
        b"A : 1\r\n",
        b" A: 1\r\n",
        b"A: 1\r\n b\r\n",
        b"A: 1\n",
        b"A: 1\rB: 2\r\n",
        b"A\r\n",
        b": 1\r\n",
        b"A: \0\r\n",
        b"A: \x0b1\r\n",
        b"A: \x7f\r\n",
        b"\xc3\xa4: 1\r\n",
        b"A(b): 1\r\n",
        b"A: 1",
    ],
)
def test_what_is_no_field_line(block):
    assert read_fields(block) is None
    assert read_fields(b"A: 1\r\n" + block) is None


@pytest.mark.parametrize(
    ("data", "start", "place"),
    [
        (b"a\r\nb\r\n", 0, -1),
        (b"a\r", 0, -1),
        (b"a\nb", 0, 1),
        (b"a\rb", 0, 1),
        (b"a\r\nb", 2, -1),
        (b"\x01", 0, 0),
        (b"a\x7f\x01", 0, 1),
        (b"\ta\x80\xff", 0, -1),
    ],
)
def test_the_first_byte_that_no_head_may_hold(data, start, place):
    assert forbidden_at(data, start) == place


@pytest.mark.parametrize(
    ("values", "length"),
    [
        ([b"0"], 0),
        ([b"0042"], 42),
        ([b"999999999999999999"], 999_999_999_999_999_999),
        ([b"1000000000000000000"], None),
        ([], None),
        ([b""], None),
        ([b"+1"], None),
        ([b"-1"], None),
        ([b"1_0"], None),
        ([b"0x1"], None),
        ([b"1 1"], None),
        ([b"1,1"], None),
        ([b"1", b"1"], None),
        ([b"\xb2"], None),
        ([b"1.0"], None),
        ([b"1e3"], None),
    ],
)
def test_a_length_is_one_row_of_digits(values, length):
    assert read_length(values) == length


@pytest.mark.parametrize(
    ("codings", "chunked"),
    [
        ([b"chunked"], True),
        ([b"Chunked"], True),
        ([b"chunked", b"chunked"], False),
        ([b"gzip, chunked"], False),
        ([b"chunked;a=b"], False),
        ([b'"chunked"'], False),
        ([b"xchunked"], False),
        ([b"chunked,"], False),
        ([b""], False),
    ],
)
def test_one_coding_is_known(codings, chunked):
    assert is_chunked(codings) is chunked


def test_lists_may_be_spread_over_lines():
    assert options([b"Keep-Alive,\tUpgrade", b" close "]) == [b"keep-alive", b"upgrade", b"close"]
