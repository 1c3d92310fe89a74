"""The IDE's log begins anew when it is long, and gives its last words."""

import os
from pathlib import Path

from supervisor.host.idelog import LAST_WORDS, LIMIT, end_of, open_log


def write(path: Path, text: bytes) -> None:
    descriptor = open_log(str(path))
    os.write(descriptor, text)
    os.close(descriptor)


def test_it_goes_on_until_it_is_long(tmp_path):
    log = tmp_path / "ide.log"
    write(log, b"one\n")
    write(log, b"two\n")
    assert log.read_bytes() == b"one\ntwo\n"
    log.write_bytes(b"x" * (LIMIT + 1))
    write(log, b"anew\n")
    assert log.read_bytes() == b"anew\n"


def test_without_a_place_nothing_is_kept(tmp_path):
    write(tmp_path / "missing" / "ide.log", b"lost\n")
    assert end_of(str(tmp_path / "missing" / "ide.log")) == b""


def test_the_last_words_are_the_end(tmp_path):
    log = tmp_path / "ide.log"
    log.write_bytes(b"x" * LAST_WORDS + b"the end")
    assert len(end_of(str(log))) == LAST_WORDS
    assert end_of(str(log)).endswith(b"the end")
