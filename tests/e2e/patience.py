"""Waiting, in tests without an event loop, for something to become true."""

import threading
import time
from collections.abc import Callable


def until(predicate: Callable[[], object], timeout: float) -> None:
    """Return as soon as the predicate is true; AssertionError after so many seconds."""
    end = time.monotonic() + timeout
    while not predicate():
        assert time.monotonic() < end, f"did not become true within {timeout} s"
        threading.Event().wait(0.05)
