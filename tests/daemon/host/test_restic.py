"""The child from outside: bounded, killed when it is given up, its key nowhere to be seen."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from daemon.core.faults import BackupFailed
from daemon.host import cgroups
from tests.daemon.restics import GROUP, KEY
from tests.waiting import until

pytestmark = pytest.mark.root


def pieces(pid):
    for name in ("cmdline", "environ"):
        try:
            yield Path(f"/proc/{pid}/{name}").read_bytes()
        except OSError:
            continue


async def test_the_key_is_in_no_command_line_and_no_environment(place):
    (place.tree / "big").write_bytes(bytes(range(256)) * (1 << 16))
    await place.repositories.start(KEY)
    seen = []
    work = asyncio.get_running_loop().create_task(place.backup("p"))
    while not work.done():
        seen += [piece for pid in cgroups.processes(GROUP) for piece in pieces(pid)]
        await asyncio.wait([work], timeout=0.005)
    await work
    assert any(b"restic" in piece for piece in seen)
    assert not any(KEY.key.encode() in piece for piece in seen)


async def test_giving_up_ends_restic(place):
    (place.tree / "big").write_bytes(bytes(range(256)) * (1 << 16))
    await place.repositories.start(KEY)
    work = asyncio.get_running_loop().create_task(place.backup("p"))
    await until(lambda: len(cgroups.processes(GROUP)) > 1)
    work.cancel()
    await asyncio.wait([work])
    await until(lambda: not cgroups.processes(GROUP))
    assert len((await place.backup("p"))["snapshots"]) == 1


async def test_what_is_no_answer_is_a_failure_of_its_own(place):
    (place.tree / "a").write_text('{"step": ')  # as a kill in the middle of a line leaves it
    words = {"snapshot": await place.snapshot("p"), "path": "workspace/a", "archive": ""}
    with pytest.raises(BackupFailed) as failed:
        await place.run("export", **words)
    assert failed.value.fault.code == "backup_failed"
    await until(lambda: not cgroups.processes(GROUP))


async def test_a_download_that_is_left_ends_restic(place):
    (place.tree / "big").write_bytes(bytes(range(256)) * (1 << 16))
    snapshot = await place.snapshot("p")
    words = {"snapshot": snapshot, "path": "workspace/big", "archive": ""}
    async with aclosing(place.restic.stream("export", KEY, place.repository, **words)) as stream:
        assert await anext(stream)
        assert cgroups.processes(GROUP)
    await until(lambda: not cgroups.processes(GROUP))
