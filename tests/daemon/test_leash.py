import fcntl
from pathlib import Path

from daemon import leash
from daemon.core.lease import Lease, spell_lease
from daemon.lease import boot_id, clock


def test_without_a_lease_there_is_nothing_to_watch(tmp_path: Path) -> None:
    assert not leash.enforce(tmp_path / "lease", "/podium_none")
    assert leash.run([str(tmp_path / "lease"), "/podium_none"]) == 0


def test_a_lease_is_watched_whether_it_is_over_or_not(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    for until in (clock() + 60, clock() - 60):
        path.write_text(spell_lease(Lease(boot_id(), until)))
        assert leash.enforce(path, "/podium_none")


def test_a_second_one_goes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    path.write_text(spell_lease(Lease(boot_id(), clock() + 60)))
    with path.with_name("lease.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert leash.main(path, "/podium_none") == 0
