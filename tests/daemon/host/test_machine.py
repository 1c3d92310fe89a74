"""What a workspace reads of its machine."""

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
    for held in (4096, 0):
        tell_held(tmp_path, held)
        assert (tmp_path / "held").read_text() == str(held)
    assert (tmp_path / "held").stat().st_mode & 0o777 == 0o644
    tell_held(tmp_path / "gone", 4096)
    assert not (tmp_path / "gone").exists()
