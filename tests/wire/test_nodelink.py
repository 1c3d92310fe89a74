"""Versions of the calls between server and daemon."""

import pytest

from wire.nodelink import OLDEST, SPOKEN, why_apart


@pytest.mark.parametrize(
    ("spoken", "oldest"),
    [(SPOKEN, OLDEST), (SPOKEN - 1, SPOKEN - 2), (SPOKEN + 1, SPOKEN), (0, 0)],
)
def test_neighbours_go_together(spoken: int, oldest: int) -> None:
    assert why_apart(spoken, oldest) is None


@pytest.mark.parametrize(
    ("spoken", "oldest", "told"),
    [
        (SPOKEN + 2, SPOKEN + 1, "update the server"),
        (SPOKEN + 1, SPOKEN + 1, "update the server"),
        (SPOKEN + 2, SPOKEN, "update the server"),
        (-1, -1, "update the daemon"),
    ],
)
def test_who_has_to_be_updated_is_told(spoken: int, oldest: int, told: str) -> None:
    assert told in (why_apart(spoken, oldest) or "")
