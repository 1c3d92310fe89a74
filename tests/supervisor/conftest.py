"""An account that needs no root: whoever runs the tests."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.host.processes import Account
from tests.supervisor.bundled import make_bundle
from tests.waiting import until


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Fail the test that leaves a thread behind, instead of another one long after it.

    A server's thread that nobody ended asks for its descriptor by number for ever: the next
    socket that gets the number stays open in the kernel after it was closed.
    """
    before = set(threading.enumerate())
    yield
    until(lambda: set(threading.enumerate()) <= before)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The supervisor's bundle of this checkout."""
    return make_bundle(tmp_path_factory.mktemp("bundle"))
