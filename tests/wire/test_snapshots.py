"""Questions of `gp snapshot` to the server."""

import pytest
from msgspec import ValidationError, convert

from wire.snapshots import SnapshotAsked, SnapshotWhich


def test_what_is_asked_is_bounded() -> None:
    assert convert({}, SnapshotAsked) == SnapshotAsked(name="", access="link", lasts="720h")
    wrong = ({"access": "all"}, {"name": "x" * 101}, {"workspace": "another"})
    for one in wrong:
        with pytest.raises(ValidationError):
            convert(one, SnapshotAsked)
    with pytest.raises(ValidationError):
        convert({"id": "x" * 65}, SnapshotWhich)
