"""`gp sync-done` and `gp sync-await`: one task waits for another. The file is Gitpod's."""

import argparse
import hashlib
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from supervisor.cli.client import Client

LOOK_EVERY = 0.3
"""Seconds between two looks."""


def place(name: str) -> Path:
    """Return the file that says that it is done."""
    digest = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()
    return Path(f"/tmp/gp-{digest}.done")  # noqa: S108 -- Gitpod's place, which scripts know


def done(found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Say that it is done."""
    place(found.name).touch()
    return 0


def wait(found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Return as soon as it is done."""
    while not place(found.name).exists():
        time.sleep(LOOK_EVERY)
    sys.stdout.write(f"{found.name} is done\n")
    return 0
