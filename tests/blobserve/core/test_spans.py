"""Ranges, as RFC 9110 has them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobserve.core.spans import UnsatisfiableError, span


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", None),
        ("bytes=0-0", (0, 1)),
        ("bytes=3-", (3, 10)),
        ("bytes=3-5", (3, 6)),
        ("bytes=3-99", (3, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-3", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_of_ten_bytes(wanted: str, found: tuple[int, int] | None) -> None:
    assert span(wanted, 10) == found


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=11-12", "bytes=-0"])
def test_behind_the_end(wanted: str) -> None:
    with pytest.raises(UnsatisfiableError):
        span(wanted, 10)


def test_nothing_has_no_part() -> None:
    with pytest.raises(UnsatisfiableError):
        span("bytes=0-", 0)


@given(
    st.text(max_size=30) | st.lists(st.sampled_from(["bytes=", "-", "0", "7", ","])).map("".join),
    st.integers(0, 50),
)
def test_any_header_is_a_part_of_the_content(wanted: str, size: int) -> None:
    with contextlib.suppress(UnsatisfiableError):
        found = span(wanted, size)
        assert found is None or 0 <= found[0] < found[1] <= size
