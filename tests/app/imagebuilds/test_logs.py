from pathlib import Path

import pytest

from app.imagebuilds.logs import Logs
from wire.imagebuild import MOST_LOG

BUILD = "amber-otter-4k2hw9xz1q"


def test_pieces_are_kept_in_order_and_once(tmp_path: Path):
    logs = Logs(tmp_path / "logs")
    assert logs.read(BUILD, 0, 10) == b""
    assert logs.append(BUILD, 0, b"hello ") == 6
    assert logs.append(BUILD, 0, b"hello ") == 6
    assert logs.append(BUILD, 99, b"later") == 6
    assert logs.append(BUILD, 6, b"world") == 11
    assert logs.read(BUILD, 0, 100) == b"hello world"
    assert logs.read(BUILD, 6, 3) == b"wor"
    logs.remove(BUILD)
    assert logs.read(BUILD, 0, 10) == b""


def test_a_log_has_an_end(tmp_path: Path):
    logs = Logs(tmp_path)
    assert logs.append(BUILD, 0, b"x" * (MOST_LOG + 5)) == MOST_LOG
    assert logs.append(BUILD, MOST_LOG, b"y") == MOST_LOG


def test_a_name_is_never_a_path(tmp_path: Path):
    with pytest.raises(ValueError, match="no build"):
        Logs(tmp_path).read("../../etc/passwd", 0, 10)
