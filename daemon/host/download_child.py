"""The helper process that fetches files by URL: in a box as git's, with its user and network.

Run as `python -I -S -c …` with a plan (JSON) on stdin; stdout is one JSON object, whose `failed`
says why. A module of its own, so that git's helper does not load what this one needs.
"""

import json
import sys
from typing import Any

from daemon.host.clone_child import run_boxed
from daemon.host.downloads import DownloadFailed, fetch


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
        )
    except DownloadFailed as error:
        return {"failed": str(error)}
    return {"failed": ""}
