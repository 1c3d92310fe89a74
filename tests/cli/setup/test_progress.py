import io
import sys
from pathlib import Path

import pytest

from cli.setup.commands import Commands, InterruptedBuildError
from cli.setup.progress import Board, Step, StepFailedError
from kit.clock import FakeClock


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_step_is_one_plain_line_with_its_time(tmp_path: Path):
    out, clock = io.StringIO(), FakeClock()
    board = Board(out, clock)
    with board.ticking(), Step("Web assets", tmp_path / "log", board, Commands()):
        clock.advance(12.34)
    assert out.getvalue().split() == ["Web", "assets", "done", "in", "12.3", "s"]
    assert out.getvalue().count("\n") == 1


def test_a_terminal_shows_all_that_runs_and_then_what_is_over():
    out, clock = Terminal(), FakeClock()
    board = Board(out, clock)
    board.begin("Image")
    clock.advance(3)
    board.begin("VS Code")
    assert out.getvalue().endswith("\r\x1b[K  Image 3 s · VS Code 0 s")
    clock.advance(2)
    board.end("Image", "done")
    lines = out.getvalue().split("\r\x1b[K")
    assert lines[-2].split() == ["Image", "done", "in", "5.0", "s"]
    assert lines[-1] == "  VS Code 2 s"


def test_the_last_line_of_a_terminal_is_wiped_at_the_end():
    out = Terminal()
    board = Board(out, FakeClock())
    with board.ticking():
        board.begin("Image")
        board.end("Image", "done")
    assert out.getvalue().endswith("\n\r\x1b[K")


def test_a_line_of_its_own_is_said_at_once():
    out = io.StringIO()
    Board(out, FakeClock()).say("  waiting")
    assert out.getvalue() == "  waiting\n"


def test_a_reader_that_has_gone_ends_no_build():
    Board(Gone(), FakeClock()).say("nobody hears this")


def test_a_failure_has_the_last_lines_the_log_and_a_cure(tmp_path: Path):
    out, log = io.StringIO(), tmp_path / "web.log"
    board = Board(out, FakeClock())
    script = "for i in range(40): print('line', i)\nraise SystemExit(7)"
    with (
        pytest.raises(StepFailedError) as raised,
        Step("Web assets", log, board, Commands()) as step,
    ):
        step.run([sys.executable, "-c", script])
    text = str(raised.value)
    assert text.startswith(f"Web assets: {sys.executable} ended with 7.\n")
    assert "line 39" in text
    assert "line 24" not in text
    assert str(log) in text
    assert "repeat the command" in text
    assert out.getvalue().split() == ["Web", "assets", "failed", "in", "0.0", "s"]


def test_a_log_holds_one_run(tmp_path: Path):
    board, log = Board(io.StringIO(), FakeClock()), tmp_path / "log"
    for word in ("first", "second"):
        with Step("Step", log, board, Commands()) as step:
            step.run(["echo", word])
    assert log.read_text() == "$ echo second\nsecond\n"


def test_an_attempt_may_fail(tmp_path: Path):
    board = Board(io.StringIO(), FakeClock())
    with Step("Step", tmp_path / "log", board, Commands()) as step:
        assert step.attempt(["false"]) == 1


def test_an_interrupted_step_has_not_failed(tmp_path: Path):
    out, commands = io.StringIO(), Commands()
    commands.stop()
    board = Board(out, FakeClock())
    with (
        pytest.raises(InterruptedBuildError),
        Step("Step", tmp_path / "log", board, commands) as step,
    ):
        step.run(["true"])
    assert "stopped in" in out.getvalue()
