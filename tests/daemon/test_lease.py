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
    held = Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path)
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
    held = Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path)
    held.hold(boot_id(), clock() + 60)
    held.hold(boot_id(), clock() + 70)
    assert not held.over
    told = [str(tmp_path / lease.NAME), "/podium_x"]
    assert [one[-3:] for one in alone] == [[*told, name] for name in lease.TWINS]
    again = Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path)
    assert not again.over
    assert len(alone) == 4, "those before may have been killed"


def test_a_lease_that_is_over_is_over_for_a_new_daemon_too(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path).hold(boot_id(), clock() - 1)
    again = Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path)
    assert again.over
    again.hold(boot_id(), clock() + 60)
    assert not again.over


def test_what_cannot_be_read_is_a_lease_that_is_over(tmp_path: Path) -> None:
    (tmp_path / lease.NAME).mkdir()
    assert read_lease(tmp_path / lease.NAME) == Lease(boot_id(), 0.0)
    (tmp_path / lease.NAME).rmdir()
    (tmp_path / lease.NAME).write_text("nonsense")
    assert read_lease(tmp_path / lease.NAME) == Lease(boot_id(), 0.0)


def test_who_watches_goes_with_the_lease(tmp_path: Path) -> None:
    """The process is a real one here."""
    held = Leasehold(tmp_path, "/podium_none", tmp_path, tmp_path)
    held.hold(boot_id(), clock() + 60)
    locks = [tmp_path / name for name in lease.TWINS]

    def watched() -> list[bool]:
        return [one.exists() and is_held(one) for one in locks]

    until(lambda: all(watched()))
    (tmp_path / lease.NAME).unlink()
    until(lambda: not any(watched()))
    for one in held.watchers.begun.values():
        one.wait(60)


def is_held(lock: Path) -> bool:
    with lock.open("w") as tried:
        try:
            fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_who_was_leased_once_is_not_free_without_its_file(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    """The machine has started anew: what is in its run folder is gone."""
    run = tmp_path / "run"
    run.mkdir()
    Leasehold(run, "/podium_x", tmp_path, tmp_path).hold(boot_id(), clock() + 60)
    (run / lease.NAME).unlink()
    again = Leasehold(run, "/podium_x", tmp_path, tmp_path)
    assert again.over
    assert read_lease(run / lease.NAME) == Lease(boot_id(), 0.0)
    again.hold(boot_id(), clock() + 60)
    assert not again.over


def test_a_node_knows_whether_it_was_ever_one_of_several(
    tmp_path: Path, alone: list[list[str]]
) -> None:
    """The local one is granted nothing; only its clock is asked for."""
    held = Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path)
    assert not held.several
    held.hold("", 0.0)
    assert held.several
    assert not held.leased
    assert Leasehold(tmp_path, "/podium_x", tmp_path, tmp_path).several
    held.hold(boot_id(), clock() + 60)
    assert held.leased
