"""Searching a history in a process of its own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supervisor.core.search import Wanted
from supervisor.host.finder import Found, find
from supervisor.host.history import History
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.rings import FileRing
from tests.waiting import until

LINES = 200_000
Search = Callable[..., "asyncio.Future[Found]"]


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


@pytest.fixture
async def search(account: Account, tmp_path: Path, reaper: Reaper):
    """Of a terminal whose output lies on the disk, but for the newest."""
    reaper.install()
    history = History(FileRing(str(tmp_path), account))
    for at in range(0, LINES, 1000):
        history.append(b"".join(b"line %06d of it\r\n" % n for n in range(at, at + 1000)))
        await until(lambda: not history.holds(), pause=0.001)
    await until(lambda: history.book.due() is None)
    assert history.file()[0] >= 0

    async def asked(query: str, seconds: float = 60, **more: Any) -> Found:
        wanted = Wanted(query=query, before=history.end + 10**6, **more)
        return await find(history, wanted, reaper, account, seconds)

    yield asked
    history.close()


async def test_the_newest_and_the_oldest_are_found(search):
    found = await search("199999")
    assert [(one.line, one.offset) for one in found.matches] == [("line 199999 of it", 199999 * 19)]
    assert (found.begin, found.end, found.complete) == (0, LINES * 19, True)
    assert [one.offset for one in (await search("000000")).matches] == [0]
    assert (await search("no such")).matches == []


async def test_expressions_are_found_newest_first(search):
    found = await search(r"^LINE \d{3}77[67]\b", regex=True, limit=3)
    assert [one.line[5:11] for one in found.matches] == ["199777", "199776", "198777"]
    assert (await search(r"^LINE 0", regex=True, case=True)).matches == []


async def test_what_is_no_expression_is_told(search):
    with pytest.raises(ValueError, match="unterminated"):
        await search("(", regex=True)


async def test_an_expression_that_takes_for_ever_is_ended(search, capsys):
    found = await search(r"(\w+\s?)+$x", regex=True, seconds=1)
    assert (found.matches, found.complete) == ([], False)


async def test_who_does_not_wait_leaves_nothing_behind(search, reaper):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await search(r"(\w+\s?)+$x", regex=True)
    await until(lambda: not reaper._waiting)
