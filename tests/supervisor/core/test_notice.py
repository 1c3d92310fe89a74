"""Lines of ours among a program's output."""

from supervisor.core.notice import notice


def test_it_is_a_line_of_its_own_and_leaves_no_colour_behind():
    assert notice("It stops.") == b"\r\n\x1b[2mIt stops.\x1b[0m\r\n"
