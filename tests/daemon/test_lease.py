import fcntl
from pathlib import Path

import pytest

from daemon import lease
from daemon.core.lease import Lease
from daemon.lease import Leasehold, boot_id, clock, read_lease
from tests.waiting import until


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Who would watch is noted, and not started: it would outlive the test."""
    started: list[list[str]] = []

    class Begun:
        def __init__(self, command: list[str], **_how: object) -> None:
            started.append(command)

        def poll(self) -> None:
            return None

    monkeypatch.setattr(lease.subprocess, "Popen", Begun)
    return started


def test_who_was_never_granted_anything_is_not_watched(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    held = Leasehold(tmp_path, "/podium_x", tmp_path)
    boot, now, free = held.hold("", 0.0)
    assert boot == boot_id()
    assert now <= clock()
    assert free > 0
    assert not held.over
    assert alone == []
    assert read_lease(tmp_path / lease.NAME) is None


def test_a_grant_is_kept_and_watched_by_somebody_else(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    held = Leasehold(tmp_path, "/podium_x", tmp_path)
    held.hold(boot_id(), clock() + 60)
    held.hold(boot_id(), clock() + 70)
    assert not held.over
    assert [one[-2:] for one in alone] == [[str(tmp_path / lease.NAME), "/podium_x"]]
    again = Leasehold(tmp_path, "/podium_x", tmp_path)
    assert not again.over
    assert len(alone) == 2, "the one before may have been killed"


def test_a_lease_that_is_over_is_over_for_a_new_daemon_too(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    Leasehold(tmp_path, "/podium_x", tmp_path).hold(boot_id(), clock() - 1)
    again = Leasehold(tmp_path, "/podium_x", tmp_path)
    assert again.over
    again.hold(boot_id(), clock() + 60)
    assert not again.over


def test_a_damaged_file_is_a_lease_that_is_over(tmp_path: Path) -> None:
    (tmp_path / lease.NAME).write_text("nonsense")
    assert read_lease(tmp_path / lease.NAME) == Lease(boot_id(), 0.0)


def test_who_watches_goes_with_the_lease(tmp_path: Path) -> None:
    """The process is a real one here."""
    held = Leasehold(tmp_path, "/podium_none", tmp_path)
    held.hold(boot_id(), clock() + 60)
    lock = tmp_path / f"{lease.NAME}.lock"

    def watched() -> bool:
        if not lock.exists():
            return False
        with lock.open("w") as tried:
            try:
                fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    until(watched)
    (tmp_path / lease.NAME).unlink()
    until(lambda: not watched())
    assert held.watcher is not None
    assert held.watcher.wait(60) == 0
