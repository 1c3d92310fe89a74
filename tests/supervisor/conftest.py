"""An account that needs no root: whoever runs the tests."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.host.processes import Account
from tests.supervisor.bundled import make_bundle
from tests.threads import no_thread_is_left

__all__ = ["no_thread_is_left"]


@pytest.fixture(scope="session", autouse=True)
def _loops_give_signals_back_first() -> Iterator[None]:
    """asyncio closes the pipe that signals are written to before it gives them back.

    A child that ends in between is reported as the fault of whichever test ends then.
    """
    close = asyncio.SelectorEventLoop.close

    def close_quietly(loop: asyncio.SelectorEventLoop) -> None:
        if not loop.is_closed():
            loop.remove_signal_handler(signal.SIGCHLD)
        close(loop)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio.SelectorEventLoop, "close", close_quietly)
        yield


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The supervisor's bundle of this checkout."""
    return make_bundle(tmp_path_factory.mktemp("bundle"))
