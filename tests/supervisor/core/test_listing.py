"""Terminals as lists have them."""

import pytest

from supervisor.core.listing import Watching, ended, watching
from supervisor.core.viewers import Seat


@pytest.mark.parametrize(("code", "wanted"), [(0, (0, 0)), (3, (3, 0)), (-9, (137, 9))])
def test_an_exit_is_counted_as_a_shell_does(code: int, wanted: tuple[int, int]) -> None:
    assert ended(code) == wanted


def test_a_viewer_has_the_size_of_its_window_or_the_one_it_was_told() -> None:
    seat = Seat(3, "gp", "", 1.0, (80, 24))
    told = Watching(id=3, kind="gp", name="", since=1.0, cols=80, rows=24, focused=False)
    assert watching(seat) == told
    seat.said, seat.focused = (100, 30), True
    found = watching(seat)
    assert (found.cols, found.rows, found.focused) == (100, 30, True)
