"""A test that leaves a thread behind fails; for the conftest modules of folders that promise it."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.waiting import until

OF_LIBRARIES = ("(_poll_wrapper)", "(_monitor)")
"""gRPC's thread is there while anybody holds a channel, that of logging, begun by Litestar's
RequestFactory, as long as the process."""


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail the test that leaves a thread behind, instead of another one long after it.

    A server's thread that nobody ended asks for its descriptor by number for ever: the next
    socket that gets the number stays open in the kernel after it was closed.
    """
    before = _threads()
    yield
    with suppress(AssertionError):
        until(lambda: _threads() <= before)
    assert {one.name for one in _threads() - before} == set()


def _threads() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if not one.name.endswith(OF_LIBRARIES)}
