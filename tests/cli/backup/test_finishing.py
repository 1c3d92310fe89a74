"""Whatever moment a restore is killed at, there is the old installation or the new one."""

import os
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from cli.backup.finishing import HALF, READY, clear, commit, finish
from tests.cli.backup.whole import state_of
from wire.layout import Layout

NAMES = ("server/podium.db", "master.key", "ssh/key", "restored-settings.sh")
GONE = ("proxy/routes", "cli.token")
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.unlink"}


def write(folder: Path, names: tuple[str, ...], text: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def layout_of(folder: Path, *, used: bool) -> Layout:
    home = folder / "home"
    home.mkdir(parents=True)
    write(home, ("content/tree", "backups/point"), "kept")
    if used:
        write(home, (*NAMES, *GONE), "old")
    write(home / HALF, NAMES, "new")
    return Layout(PurePosixPath(home), PurePosixPath("/cache"))


def of(found: dict[str, bytes]) -> set[bytes]:
    return {found.get(name, b"") for name in NAMES}


def killed_at(change: int, work: Callable[[], object]) -> bool:
    """Do work in a process that is gone before its n-th change; tells whether it came so far."""
    child = os.fork()
    if child == 0:
        left = [change]

        def watch(event: str, _arguments: object) -> None:
            if event in CHANGES:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)

        sys.addaudithook(watch)
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_an_empty_folder_becomes_the_installation(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, used=False)
    assert commit(layout, 0.0) is None
    found = state_of(Path(layout.home))
    assert of(found) == {b"new"}
    assert found.keys() == {*NAMES, "content/tree", "backups/point"}
    assert finish(layout) is None


def test_what_was_there_is_kept_aside(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, used=True)
    kept = commit(layout, 0.0)
    assert kept == Path(layout.home) / "before-restore-19700101-000000"
    assert state_of(kept) == dict.fromkeys((*NAMES, *GONE), b"old")
    found = state_of(Path(layout.home))
    assert of(found) == {b"new"}
    assert not any(name in found for name in GONE)


def test_a_kill_leaves_all_or_nothing(tmp_path: Path) -> None:
    for used in (False, True):
        change = 0
        while True:
            layout = layout_of(tmp_path / f"{used}-{change}", used=used)
            home = Path(layout.home)
            if not killed_at(change, lambda layout=layout: commit(layout, 0.0)):
                break
            begun = (home / READY).exists() or not (home / HALF / "server").exists()
            # whoever comes next may be killed as well
            killed_at(change % 3, lambda layout=layout: finish(layout))
            finish(layout)
            found = state_of(home)
            assert of(found) == ({b"new"} if begun else {b"old" if used else b""}), change
            assert found["content/tree"] == b"kept"
            assert not (home / HALF).exists()
            assert not (home / READY).exists()
            if used and begun:
                kept = state_of(home / "before-restore-19700101-000000")
                assert of(kept) == {b"old"}, change
            change += 1
        assert change >= 8


def test_half_of_one_is_forgotten(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, used=False)
    clear(layout)
    clear(layout)
    assert state_of(Path(layout.home)).keys() == {"content/tree", "backups/point"}
