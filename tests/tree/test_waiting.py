"""The poller that all tests use, from both kinds of callers."""

import asyncio
import itertools
import socket
import threading
from pathlib import Path

import pytest

from tests.waiting import accepts, until


def test_it_blocks_until_the_first_true_answer() -> None:
    done = threading.Event()
    timer = threading.Timer(0.02, done.set)
    timer.start()
    assert until(done.is_set, timeout=5) is True
    timer.join()
    answers = iter([0, "", "found", "later"])
    assert until(lambda: next(answers)) == "found"


def test_it_gives_up() -> None:
    with pytest.raises(AssertionError, match=r"within 0\.01 s"):
        until(lambda: False, timeout=0.01)


async def test_an_async_caller_awaits_it_and_the_loop_goes_on() -> None:
    turns = itertools.count()
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, done.set)
    assert await until(lambda: next(turns) >= 0 and done.is_set(), timeout=5) is True
    assert next(turns) > 1

    async def answer() -> str:
        return "found"

    assert await until(answer) == "found"
    with pytest.raises(AssertionError, match="did not become true"):
        await until(lambda: None, timeout=0.01)


def test_a_socket_that_is_there_need_not_listen(tmp_path: Path) -> None:
    path = tmp_path / "sock"
    assert not accepts(path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        assert not accepts(path)
        made.listen()
        assert accepts(path)
