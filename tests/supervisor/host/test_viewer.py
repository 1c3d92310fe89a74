"""One viewer: what comes next for it, whatever its speed."""

import asyncio

import pytest

from supervisor.core.pacing import BURST, ENOUGH
from supervisor.core.scrollback import MOST
from supervisor.core.viewers import Viewers
from supervisor.host.history import History
from supervisor.host.rings import FileRing, FullRing
from supervisor.host.viewer import PIECE, WINDOW, Viewer
from tests.waiting import until


@pytest.fixture
async def history(account, tmp_path):
    made = History(FullRing(FileRing(str(tmp_path), account)))
    yield made
    made.close()


@pytest.fixture
def look(history):
    def make(offset: int = 0) -> Viewer:
        return Viewer(Viewers().join("browser", "", 0.0), history, offset)

    return make


async def test_it_gets_what_there_is_and_then_what_comes(history, look):
    history.append(b"before ")
    viewer = look()
    assert await viewer.next() == b"before "
    loop = asyncio.get_running_loop()
    loop.call_soon(history.append, b"after")
    loop.call_soon(viewer.wake)
    assert await viewer.next() == b"after"
    assert viewer.taken == viewer.offset == 12


async def test_it_begins_where_it_wants(history, look):
    history.append(b"0123456789")
    assert [look(offset).offset for offset in (0, 7, 10, 11, -3, -99)] == [0, 7, 10, 0, 7, 0]


async def test_a_large_output_comes_in_pieces(history, look):
    history.append(b"x" * (2 * PIECE + 1))
    viewer = look()
    assert [len(await viewer.next()) for _ in range(3)] == [PIECE, PIECE, 1]


async def test_a_flood_is_joined_and_a_key_in_it_is_not_held_back(history, look):
    viewer = look()
    for _ in range(BURST):
        history.append(b"a")
        assert await viewer.next() == b"a"
    viewer._pacer._may = -1e6  # no time that passes here is enough for another one
    history.append(b"b")
    waiting = asyncio.get_running_loop().create_task(viewer.next(), name="viewer")
    await until(lambda: viewer._pausing or waiting.done(), pause=0)
    history.append(b"c")
    viewer.wake()
    viewer.typed()
    assert await waiting == b"bc"
    viewer._pacer._may = 0.0
    history.append(b"d")
    assert await viewer.next() == b"d"
    viewer._pacer._may = 0.0
    history.append(b"e" * ENOUGH)
    assert len(await viewer.next()) == ENOUGH


async def test_facts_come_before_output_and_the_newest_counts(history, look):
    viewer = look()
    history.append(b"x")
    viewer.tell({"title": "a"})
    viewer.tell({"title": "b", "cols": 1})
    assert await viewer.next() == {"title": "b", "cols": 1}
    assert await viewer.next() == b"x"


async def test_who_says_what_it_has_shown_is_not_sent_much_more(history, look):
    viewer = look()
    viewer.shown(0)
    history.append(b"x" * MOST)
    sent = 0
    while sent < WINDOW:
        sent += len(await viewer.next())
    assert (sent, viewer.taken) == (WINDOW, 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await viewer.next()
    viewer.shown(WINDOW // 2)
    assert len(await viewer.next()) == PIECE
    viewer.shown(10**9)  # never more than was sent
    assert viewer.taken == viewer.offset


async def test_who_was_away_too_long_is_told_where_it_goes_on(history, look, capsys):
    history.append(b"x" * 100)
    viewer = look()
    assert len(await viewer.next()) == 100
    history.append(b"y" * (MOST + 50))
    assert await viewer.next() == {"offset": 150}
    assert set(await viewer.next()) == set(b"y")


async def test_the_last_words_come_after_the_last_byte(history, look):
    viewer = look()
    history.append(b"bye")
    viewer.end({"exit": 0})
    assert [await viewer.next() for _ in range(3)] == [b"bye", {"exit": 0}, None]
    assert await viewer.next() is None
