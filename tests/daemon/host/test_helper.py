import asyncio
import os
from pathlib import Path

import pytest

from daemon.host.helper import HelperFailed, last_words, run_helper
from tests.waiting import until


async def test_a_helper_that_fails_tells_its_last_words():
    heard = []
    with pytest.raises(HelperFailed, match=r"KeyError|PermissionError"):
        await run_helper("launch_child", {}, on_stderr=heard.append)
    assert b"Traceback" in b"".join(heard)


async def test_a_helper_that_does_not_exist():
    with pytest.raises(HelperFailed, match="ModuleNotFoundError"):
        await run_helper("nowhere", {"x": "y" * 1_000_000})


@pytest.mark.root
async def test_a_cancelled_helper_is_killed(tmp_path):
    os.mkfifo(tmp_path / "userns")  # opening it for writing waits for ever
    plan = {
        "userns": str(tmp_path / "userns"),
        "netns": str(tmp_path / "netns"),
        "first_id": 1_900_000_000,
        "size": 65536,
    }
    before = _children()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_helper("netns_child", plan), name="helper")
        await until(lambda: _children() - before)
        running.cancel()
    assert running.cancelled()
    assert _children() == before


def _children() -> set[str]:
    return set(Path("/proc/thread-self/children").read_text().split())


def test_last_words():
    assert last_words(b"Traceback\n  x\nOSError: no\n\n") == "OSError: no"
    assert last_words(b"") == "no message"
