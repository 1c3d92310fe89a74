from pathlib import Path, PurePosixPath

from cli.launcher.paths import real


def test_a_pure_path_becomes_one_that_can_be_touched() -> None:
    found = real(PurePosixPath("/etc"))
    assert isinstance(found, Path)
    assert found.is_dir()
