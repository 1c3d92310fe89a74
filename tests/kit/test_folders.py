"""Whether names are on the disk only a crash could show; what is tried is what may be asked for."""

from pathlib import Path

import pytest

from kit.folders import sync_folder


def test_a_folder_is_synced_and_what_is_none_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    sync_folder(tmp_path)
    with pytest.raises(NotADirectoryError):
        sync_folder(file)
