import pytest

from daemon.core.progress import Lines, Progress, parse_progress, spell_bytes


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        (
            "Receiving objects:  43% (430/1000), 12.00 MiB | 3.10 MiB/s",
            Progress("receiving objects 43 % (12.00 MiB)", 12 << 20),
        ),
        ("Receiving objects:   1% (1/100)", Progress("receiving objects 1 %", 0)),
        ("Resolving deltas: 100% (7/7), done.", Progress("resolving deltas 100 %", 0)),
        (
            "remote: Compressing objects:  50% (1/2)",
            Progress("compressing objects 50 %", 0),
        ),
        (
            "Receiving objects: 100% (3/3), 512 bytes | 512.00 KiB/s, done.",
            Progress("receiving objects 100 % (512 bytes)", 512),
        ),
    ],
)
def test_progress_lines(line, progress):
    assert parse_progress(line) == progress


@pytest.mark.parametrize(
    "line", ["", "Cloning into '/target'...", "fatal: no", "remote: Enumerating objects: 3, done."]
)
def test_other_lines_are_no_progress(line):
    assert parse_progress(line) is None


def test_lines_are_cut_at_both_kinds_of_end():
    lines = Lines()
    assert lines.feed(b"one\rtwo\nth") == ["one", "two"]
    assert lines.feed(b"ree\r\n\n") == ["three"]
    assert lines.feed(b"rest") == []
    assert lines.close() == ["rest"]
    assert lines.close() == []


def test_a_line_without_an_end_is_not_kept_for_ever():
    lines = Lines()
    lines.feed(b"x" * 100_000)
    assert len(lines.close()[0]) == 4096


def test_bytes_that_are_no_text():
    assert Lines().feed(b"\xff\xfe\n") == ["\ufffd\ufffd"]


def test_our_own_lines_say_how_much_and_whether_they_stay():
    waits = parse_progress("podium: waiting for another fetch of this repository")
    assert waits == Progress("waiting for another fetch of this repository", 0, steady=True)
    copied = parse_progress("podium: copying from the mirror 50 % (1536 bytes)")
    assert copied == Progress("copying from the mirror 50 % (1.5 KiB)", 1536)
    assert parse_progress("remote: podium: waiting for godot") is None


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1 << 20, "1.0 MiB"), (1 << 50, "1024.0 TiB")],
)
def test_sizes_for_people(size, shown):
    assert spell_bytes(size) == shown
