import fcntl
import os
import signal
from pathlib import Path

from daemon import leash
from daemon.core.lease import Lease, spell_lease
from daemon.lease import TWINS, Leasehold, Watchers, boot_id, clock
from kit.tasks import Tasks
from tests.waiting import until


def test_without_a_lease_there_is_nothing_to_watch(tmp_path: Path) -> None:
    assert not leash.enforce(tmp_path / "lease", "/podium_none")
    assert leash.run([str(tmp_path / "lease"), "/podium_none", "lease.lock"]) == 0


def test_a_lease_is_watched_whether_it_is_over_or_not(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    for moment in (clock() + 60, clock() - 60):
        path.write_text(spell_lease(Lease(boot_id(), moment)))
        assert leash.enforce(path, "/podium_none")


def test_a_second_one_goes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    path.write_text(spell_lease(Lease(boot_id(), clock() + 60)))
    with path.with_name("lease.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert leash.main(path, "/podium_none") == 0


def test_what_cannot_be_read_is_over_and_watched(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    path.mkdir()
    assert leash.enforce(path, "/podium_none")
    path.rmdir()
    path.write_bytes(b"\xff\xff")
    assert leash.enforce(path, "/podium_none")


def test_each_of_two_begins_the_other_anew(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    path.write_text(spell_lease(Lease(boot_id(), clock() + 600)))
    watchers = Watchers(path, "/podium_none", TWINS[:1])
    watchers.begin()
    first, second = until(lambda: twins(path))
    for victim, other in ((second, first), (first, 0)):
        os.kill(victim, signal.SIGKILL)
        until(lambda victim=victim: (found := twins(path)) and victim not in found)
        assert not other or other in holders(path), "who lives goes on"
    path.unlink()
    until(lambda: not any(holders(path)))
    ended(watchers)


async def test_the_daemon_looks_after_them_and_after_the_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    held = Leasehold(tmp_path, "/podium_none", tmp_path, home)
    held.hold(boot_id(), clock() + 600)
    path = tmp_path / "lease"
    for one in await until(lambda: twins(path)):
        os.kill(one, signal.SIGKILL)
    path.unlink()
    tasks = Tasks()
    tasks.spawn(leash.keep(held), "keep")
    try:
        await until(lambda: path.exists() and all(holders(path)))
    finally:
        await tasks.close()
        path.unlink()
        await until(lambda: not any(holders(path)))
        ended(held.watchers)


def ended(watchers: Watchers) -> None:
    """Reap what this process has begun."""
    for one in watchers.begun.values():
        one.wait(60)


def holders(path: Path) -> list[int]:
    """Return who holds the lock of each watcher; 0 is nobody.

    One that looks whether the other is there holds both for a moment.
    """
    told = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    locked = {words[5]: int(words[4]) for words in told if "->" not in words}
    files = [path.with_name(name) for name in TWINS]
    return [locked.get(_named(one.stat()), 0) if one.exists() else 0 for one in files]


def _named(file: os.stat_result) -> str:
    """Return a file as /proc/locks names it: numbers of files are each file system's own."""
    return f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"


def twins(path: Path) -> list[int]:
    """Return both watchers, or none while there are not two."""
    found = holders(path)
    return found if all(found) and len({*found}) == len(found) else []
