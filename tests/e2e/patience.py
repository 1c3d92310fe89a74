"""Waiting, in tests without an event loop, for something to become true."""

import threading
import time
from collections.abc import Callable


def until(predicate: Callable[[], object], timeout: float) -> None:
    """Return as soon as the predicate is true; AssertionError after so many seconds.

    At most half of the time is spent on asking, which may be a program that is started each
    time: what is waited for needs the processor as well.
    """
    begun = time.monotonic()
    end = begun + timeout
    while not predicate():
        now = time.monotonic()
        assert now < end, f"did not become true within {timeout} s"
        threading.Event().wait(max(0.05, now - begun))
        begun = time.monotonic()
