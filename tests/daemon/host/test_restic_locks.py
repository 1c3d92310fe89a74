"""Who waits for whom at a repository."""

import asyncio
import os
import signal
from contextlib import aclosing

import pytest

from daemon.core.faults import BackupFailed
from daemon.host import cgroups
from daemon.host.restic_locks import IN_USE
from tests.byage import by_age
from tests.daemon.restics import GROUP, KEY
from tests.waiting import until

pytestmark = pytest.mark.root


async def test_beneath_a_reader_a_backup_adds_and_nothing_is_taken_out(place):
    (place.tree / "big").write_bytes(bytes(range(256)) * (1 << 16))
    snapshot = await place.snapshot("p")
    words = {"snapshot": snapshot, "path": "workspace/big", "archive": ""}
    forget = {"snapshots": [snapshot], "verified": [], "writes": True}
    async with aclosing(place.restic.stream("export", KEY, place.repository, **words)) as stream:
        read = len(await anext(stream))
        (place.tree / "big").write_text("b")
        assert len((await place.backup("q"))["snapshots"]) == 2
        with pytest.raises(BackupFailed, match=IN_USE):
            await place.run("forget", **forget)
        read += sum([len(chunk) async for chunk in stream])
    assert read == 1 << 24
    await until(lambda: not cgroups.processes(GROUP))
    await place.run("forget", **forget)
    assert snapshot not in place.repositories.listed(KEY.workspace)


async def test_what_a_kill_of_the_outermost_leaves_ends_and_is_waited_for(place):
    (place.tree / "big").write_bytes(os.urandom(32 << 20))
    await place.repositories.start(KEY)
    work = asyncio.get_running_loop().create_task(place.backup("p"))
    await until(lambda: len(cgroups.processes(GROUP)) > 2)
    os.kill(by_age(cgroups.processes(GROUP))[0], signal.SIGKILL)
    with pytest.raises(BackupFailed):
        await work
    assert place.repositories.listed(KEY.workspace) == set()  # it has not gone on by itself
    assert len((await place.backup("p"))["snapshots"]) == 1
