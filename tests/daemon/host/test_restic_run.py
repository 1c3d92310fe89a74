"""How restic is called and heard."""

from daemon.host.restic_run import command, said


def test_no_word_of_a_call_is_a_secret():
    words = command("backup", b"\xff")
    assert words[-2:] == ["backup", b"\xff"]
    assert "/secret/password" in words


def test_the_last_words_count():
    assert said(b"", 5) == "restic ended with code 5"
    assert said(b"x" * 10_000 + b"why\n", 1).endswith("why")
    assert len(said(b"x" * 10_000, 1)) < 9000
