import os
import threading
from pathlib import Path

import pytest

from cli.setup.stage import build_once, lock


def test_what_is_there_is_not_built_again(tmp_path: Path):
    folder = tmp_path / "kind" / "abc"
    assert build_once(folder, lambda fresh: (fresh / "file").touch())
    assert not build_once(folder, lambda _: pytest.fail("built twice"))
    assert (folder / "file").exists()


def test_a_failed_build_leaves_no_name_and_the_next_one_starts_clean(tmp_path: Path):
    folder = tmp_path / "kind" / "abc"

    def half(fresh: Path) -> None:
        (fresh / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        build_once(folder, half)
    assert [path.name for path in folder.parent.iterdir()] == [".abc.lock"]
    (folder.parent / ".abc.11" / "half").mkdir(parents=True)
    seen: list[str] = []
    build_once(folder, lambda fresh: seen.extend(path.name for path in fresh.iterdir()))
    assert seen == []
    assert sorted(path.name for path in folder.parent.iterdir()) == [".abc.lock", "abc"]


def test_rests_of_other_builds_go_unless_somebody_works_on_them(tmp_path: Path):
    parent = tmp_path / "kind"
    for name in (".dead.11", ".live.22"):
        (parent / name / "tree").mkdir(parents=True)
    with lock(parent / ".live.lock", lambda _: None):
        build_once(parent / "abc", lambda _: None)
    assert not (parent / ".dead.11").exists()
    assert (parent / ".live.22").exists()


def test_the_parent_decides_who_may_read(tmp_path: Path):
    build_once(tmp_path / "images" / "abc", lambda _: None, mode=0o700)
    assert (tmp_path / "images").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "images" / "abc").stat().st_mode & 0o777 == 0o755


def test_a_second_builder_is_told_whom_it_waits_for_and_finds_the_result(tmp_path: Path):
    folder = tmp_path / "kind" / "abc"
    waits = threading.Event()
    told: list[str] = []
    built: list[bool] = []

    def waiting(pid: str) -> None:
        told.append(pid)
        waits.set()

    second = threading.Thread(
        target=lambda: built.append(build_once(folder, lambda _: None, waiting=waiting))
    )

    def first(_fresh: Path) -> None:
        second.start()
        assert waits.wait(60)

    assert build_once(folder, first)
    second.join(10)
    assert told == [str(os.getpid())]
    assert built == [False]
