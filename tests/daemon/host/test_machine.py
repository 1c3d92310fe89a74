"""What a workspace reads of its machine."""

import os
from pathlib import Path

from daemon.core.kernellog import Kill
from daemon.host.machine import tell_held, tell_killed


def test_a_kill_is_told_once(tmp_path: Path) -> None:
    assert tell_killed(tmp_path, Kill(3, "/group", "node"))
    assert not tell_killed(tmp_path, Kill(3, "/group", "node"))
    assert (tmp_path / "killed").read_text() == '[{"number":3,"name":"node"}]'


def test_what_is_kept_back_of_a_disk_is_told_as_it_changes(tmp_path: Path) -> None:
    tell_held(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []
    for held in (4096, 0, 64 << 20):
        tell_held(tmp_path, held)
        assert (tmp_path / "held").read_text() == str(held)
    tell_held(tmp_path, 65 << 20)  # hardly more: not worth a write each second
    assert (tmp_path / "held").read_text() == str(64 << 20)
    assert (tmp_path / "held").stat().st_mode & 0o777 == 0o644
    tell_held(tmp_path / "gone", 4096)
    assert not (tmp_path / "gone").exists()


def test_a_folder_that_goes_meanwhile_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "machine"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    folder.rmdir()
    tell_held(Path(f"/proc/self/fd/{descriptor}"), 4096)
    os.close(descriptor)
