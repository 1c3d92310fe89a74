"""The token is gone once it was read, unless it lies where nothing can be removed."""

import errno
from pathlib import Path

import pytest

from supervisor.host.token import read_once


def test_it_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("t0ken\n")
    assert read_once(str(path)) == "t0ken"
    assert not path.exists()


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_only_what_cannot_be_written_at_all_may_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "token"
    path.write_text("t0ken\n")

    def refuse(_path: str) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr("os.unlink", refuse)
    if code == errno.EROFS:
        assert read_once(str(path)) == "t0ken"
    else:
        with pytest.raises(OSError, match="no"):
            read_once(str(path))
