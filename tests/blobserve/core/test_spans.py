"""Ranges, as RFC 9110 has them."""

import pytest

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
