"""Where a piece of an upload begins; bodies themselves are tried in test_uploads.py."""

import pytest

from blobserve.core.faults import Fault
from blobserve.registry.incoming import part_of


@pytest.mark.parametrize(
    ("header", "start"),
    [("", None), ("0-99", 0), ("100-199", 100), ("bytes 5-9/10", 5), ("bytes 5-9/*", 5)],
)
def test_where_it_begins(header: str, start: int | None) -> None:
    assert part_of(header) == start


@pytest.mark.parametrize("header", ["x", "-5", "5-", "5", "bytes */10", "1" * 30 + "-5"])
def test_what_says_nothing_is_refused(header: str) -> None:
    with pytest.raises(Fault):
        part_of(header)
