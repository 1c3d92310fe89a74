import io

from cli.commands.drawing import Board, ago, describe, row, size, step_line, summary
from tests.cli.commands.views import ID, STEPS, view_of

PROBLEM = {"code": "content_failed", "title": "Cloning failed", "detail": "No such branch."}


def test_scripts_find_timings_and_problem_at_the_top() -> None:
    found = summary(view_of("stopped", done=2, problem=PROBLEM))
    assert found["id"] == ID
    assert found["phase"] == "stopped"
    assert found["timings"] == {"accepted": 0.1, "context": 0.2}
    assert found["problem"]["code"] == "content_failed"


def test_a_workspace_without_a_start_has_neither() -> None:
    found = summary({**view_of("stopped"), "instance": None})
    assert found["timings"] == {}
    assert found["problem"] is None


def test_a_row_tells_id_phase_and_repository() -> None:
    assert row(view_of()).split() == [ID, "running", "example.org/ada/demo", "main"]
    assert "deleting" in row(view_of(deleting=True))


def test_show_tells_where_it_is_and_what_is_wrong() -> None:
    assert f"http://{ID}.ws.localhost:8080" in describe(view_of())
    stopped = describe(view_of("stopped", problem=PROBLEM, trusted=False))
    assert "VS Code  " not in stopped
    assert "Cloning failed" in stopped
    assert "restricted" in stopped


def test_a_detail_stays_on_one_line() -> None:
    line = step_line({"step": "content", "state": "working", "detail": "a\r\nb\tc"})
    assert line.endswith("a b c")
    assert "\n" not in line


def test_plain_lines_tell_each_step_once_when_it_is_over() -> None:
    out = io.StringIO()
    board = Board(out, 80, live=False)
    for done in (0, 2, 2, 9):
        board.show(view_of("creating", done=done))
    names = [line.split()[1] for line in out.getvalue().splitlines()]
    assert names == STEPS


def test_a_second_start_is_told_anew() -> None:
    out = io.StringIO()
    board = Board(out, 80, live=False)
    board.show(view_of(n=1))
    board.show(view_of(n=2))
    assert len(out.getvalue().splitlines()) == 18


def test_a_terminal_is_redrawn_in_place_and_only_when_something_has_changed() -> None:
    out = io.StringIO()
    board = Board(out, 30, live=True)
    board.show(view_of("creating", done=1))
    first = out.getvalue()
    assert first.count("\n") == 9
    assert "\x1b[9F" not in first
    board.show(view_of("creating", done=1))
    assert out.getvalue() == first
    board.show(view_of("creating", done=2))
    assert out.getvalue().removeprefix(first).startswith("\x1b[9F")
    assert all(len(line) <= 30 + len("\x1b[9F\x1b[K") for line in out.getvalue().splitlines())


def test_how_long_ago_a_moment_was() -> None:
    assert ago(100.0, now=130.0) == "30 s ago"
    assert ago(100.0, now=100.0 + 12 * 60) == "12 min ago"
    assert ago(100.0, now=100.0 + 3 * 3600) == "3 h ago"
    assert ago(100.0, now=100.0 + 2 * 86400) == "2 d ago"
    assert ago(100.0, now=99.0) == "0 s ago"


def test_bytes_in_words() -> None:
    assert [size(one) for one in (0, 999, 1000, 10**15)] == [
        "0 B", "999 B", "1.0 kB", "1000.0 TB",
    ]  # fmt: skip
