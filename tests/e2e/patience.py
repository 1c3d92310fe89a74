"""Waiting, in tests without an event loop, for something to become true."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

LEAST, SHORT = 60.0, 10.0
"""Seconds."""


def until(predicate: Callable[[], object], timeout: float) -> None:
    """Return as soon as the predicate is true; AssertionError after so many seconds.

    Ten seconds and more are taken for at least a minute: a machine with three parts of the suite
    side by side is no fault.

    At most half of the time is spent on asking, which may be a program that is started each
    time: what is waited for needs the processor as well.
    """
    begun = time.monotonic()
    timeout = max(timeout, LEAST) if timeout >= SHORT else timeout
    end = begun + timeout
    while not predicate():
        now = time.monotonic()
        assert now < end, f"did not become true within {timeout} s"
        threading.Event().wait(max(0.05, now - begun))
        begun = time.monotonic()


def content_of(path: Path) -> bytes:
    """Return what a file holds at this moment; nothing while another one takes its place."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
