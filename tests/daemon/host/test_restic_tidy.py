"""Beginning, taking over from a killed one, and taking points out."""

import os
import time

import pytest

from daemon.core.faults import BackupFailed
from daemon.host.restic import Restic
from kit.tasks import Tasks
from tests.daemon.restics import GROUP, KEY, WORKSPACE
from tests.waiting import until

pytestmark = pytest.mark.root


async def test_what_a_killed_restic_has_left_is_no_hindrance(place):
    (place.tree / "a").write_text("a")
    await place.repositories.start(KEY)
    (place.repository / "locks" / ("0" * 64)).write_text("{}")
    half = place.repository / "data" / "00" / ("1" * 64 + "-tmp-123")
    half.write_text("half")
    assert (await place.backup("p"))["summary"]["files_new"] == 2  # with the manifest
    assert not half.exists()
    assert list((place.repository / "locks").iterdir()) == []


async def test_what_another_node_has_locked_is_left_alone(place, tmp_path):
    (place.tree / "a").write_text("a")
    first = await place.snapshot("p")
    lock = await left_locked(place, "other")
    for work in (
        place.backup("q"),
        place.run("forget", snapshots=[first], verified=[], writes=True),
        place.run("repair", writes=True),
    ):
        with pytest.raises(BackupFailed) as failed:
            await work
        assert failed.value.fault.code == "repository_busy"
        assert lock.exists()
    assert place.repositories.listed(WORKSPACE) == {first}
    dead = time.time() - 601
    os.utime(lock, (dead, dead))
    await place.backup("q")
    assert not lock.exists(), "nobody is behind one that was not written anew"

    lock = await left_locked(place, "podium")
    await place.backup("r", anew=True)
    assert not lock.exists(), "it is of a process of this node, which is dead"


async def test_what_an_older_version_has_locked_by_the_machines_name_is_taken_over(place):
    (place.tree / "a").write_text("a")
    await place.snapshot("p")
    lock = await left_locked(place, "the-machine")
    place.restic = Restic(place.stage, GROUP, former="the-machine")
    await place.backup("q")
    assert not lock.exists()


async def left_locked(place, node):
    """Have a node's process killed that has locked the repository; returns its lock."""
    locks, long = place.repository / "locks", place.tree / "long"
    long.touch()
    os.truncate(long, 4 << 30)
    place.restic = Restic(place.stage, GROUP, node=node)
    tasks = Tasks()
    tasks.spawn(place.backup("cut"), "backup")
    # restic writes a file beside it and renames it; what is killed in between has locked nothing
    (lock,) = await until(lambda: [one for one in locks.iterdir() if "-tmp-" not in one.name])
    await tasks.close()
    place.restic = Restic(place.stage, GROUP)
    long.unlink()
    assert lock.exists()
    return lock


async def test_what_only_a_removed_point_needs_goes_with_it(place):
    (place.tree / "a").write_bytes(os.urandom(2 << 20))
    first = await place.snapshot("p")
    (place.tree / "a").write_text("b")
    second = await place.snapshot("q")
    before = place.repositories.size("amber-otter-4k2hw9xz1q")
    answer = await place.run("forget", snapshots=[first, "0" * 64], verified=[], writes=True)
    assert place.repositories.listed("amber-otter-4k2hw9xz1q") == {second}
    assert place.repositories.size("amber-otter-4k2hw9xz1q") < before - 500_000
    packs = {one.name for one in (place.repository / "data").rglob("*") if one.is_file()}
    assert packs <= set(answer["verified"])
