"""The helper process that fetches files by URL: in a box as git's, with its user and network.

Run as `python -I -S -c …` with a plan (JSON) on stdin; stdout is one JSON object, whose `failed`
says why. A module of its own, so that git's helper does not load what this one needs.
"""

import json
import sys
import time
from typing import Any, Final

from daemon.core.mirror import TOLD
from daemon.host.clone_child import run_boxed
from daemon.host.downloads import DownloadFailed, fetch

_EVERY: Final = 0.5
"""Seconds between lines of progress."""


def main() -> None:
    """Read the plan, and fetch in a box."""
    run_boxed(json.load(sys.stdin), work)


def work(plan: dict[str, Any]) -> dict[str, Any]:
    """Fetch what the plan names; returns an empty `failed` when everything is there."""
    try:
        fetch(
            plan["downloads"],
            plan["target_inside"],
            schemes=plan["schemes"],
            largest=plan["largest"],
            patience=plan["patience"],
            told=_Teller(len(plan["downloads"])).told,
        )
    except DownloadFailed as error:
        return {"failed": str(error)}
    return {"failed": ""}


class _Teller:
    """Says how far it is, on stderr, as `core.progress` reads it."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._last = (0, 0.0)

    def told(self, number: int, size: int) -> None:
        now = time.monotonic()
        if self._last[0] == number and now - self._last[1] < _EVERY:
            return
        self._last = (number, now)
        sys.stderr.write(f"{TOLD}downloading file {number} of {self._files} ({size} bytes)\n")
        sys.stderr.flush()
