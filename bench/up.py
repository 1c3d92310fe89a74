"""How long `make up` takes: once cold with an empty cache, then warm after `make down`."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.record import ROOT, store
from tests.e2e.installation import Installation, fresh_installation

WARM_ROUNDS = 7


def _timed(installation: Installation, cache: Path, target: str) -> float:
    began = time.monotonic()
    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=ROOT,
        env={**installation.environment, "PODIUM_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.monotonic() - began


def run() -> None:
    """Measure and store."""
    installation = fresh_installation()
    cache = installation.folder / "cache"
    cold = _timed(installation, cache, "up")
    warm = []
    for _ in range(WARM_ROUNDS):
        _timed(installation, cache, "down")
        warm.append(_timed(installation, cache, "up"))
    _timed(installation, cache, "down")
    shutil.rmtree(installation.folder)
    store(
        "up",
        "From a clone to a served dashboard",
        [
            {"what": "cold: empty cache", "unit": "s", "goal": 300, "rounds": [cold], "cause": ""},
            {"what": "warm", "unit": "s", "goal": 5, "rounds": warm, "cause": ""},
        ],
        [
            "Wall time of `make up` until the sign-in link is printed.",
            "Cold is an empty PODIUM_CACHE; packages that the machine already has stay installed.",
        ],
    )
