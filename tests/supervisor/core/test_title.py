"""The title of VS Code's window."""

import pytest

from supervisor.core.title import ours, window_title


@pytest.mark.parametrize(
    ("stops_at", "state"),
    [
        (None, "running"),
        (1000.0 + 300, "running"),
        (1000.0 + 299, "stops in 5 min"),
        (1000.0 + 61, "stops in 2 min"),
        (1000.0 + 5, "stops in 1 min"),
        (999.0, "running"),
    ],
)
def test_it_has_name_and_state(stops_at: float | None, state: str):
    title = window_title("payments", stops_at, 1000.0)
    assert title == f"${{dirty}}${{activeEditorShort}}${{separator}}payments${{separator}}{state}"
    assert ours(title)


def test_a_name_is_no_variable():
    assert "${rootPath}" not in window_title("${rootPath}", None, 0.0)


def test_a_persons_own_is_left_alone():
    assert ours(None)
    for value in ("${rootName}", "", 5, "running"):
        assert not ours(value)
