from pathlib import Path

import pytest

from cli.backup.passphrase import asked, given
from cli.problems import USAGE, CommandError


def test_a_file_holds_one_without_its_lines_end(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(" several words \n")
    assert given(str(file)) == " several words "
    assert not given("")


def test_an_empty_file_and_none_at_all_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name in ("empty", "bytes", "nothing"):
        with pytest.raises(CommandError):
            given(str(tmp_path / name))


def test_nobody_is_asked_where_nobody_is() -> None:
    with pytest.raises(CommandError) as caught:
        asked("Passphrase: ")
    assert caught.value.code == USAGE
