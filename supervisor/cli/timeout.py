"""`gp timeout`: how long the workspace runs while nobody uses it."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from kit.durations import words_of
from supervisor.cli.client import Client

LOOK_EVERY = 0.1
PATIENCE = 5.0
"""Seconds between two looks whether the server has followed, and at most."""


def show(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Print the timeout, when it would end, and what is at work."""
    told = client.get("/v1/timeout")
    if found.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return 0
    left = told["left"]
    stops = "" if left is None else f", stops in {words_of(left)} unless it is used"
    sys.stdout.write(f"{told['timeout'] or 'none'}{stops}\n")
    if told["awake"]:
        sys.stdout.write(f"awake: {', '.join(told['awake'])}{_would_stop(left)}\n")
    return 0


def _would_stop(left: float | None) -> str:
    if left is None:
        return ""
    return f"; would stop at {time.strftime('%H:%M', time.localtime(time.time() + left))}"


def choose(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Set the timeout of this workspace."""
    return _follow(client, client.ask("PUT", "/v1/timeout", {"timeout": found.duration}))


def extend(_found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Set the timeout to three hours."""
    return _follow(client, client.ask("POST", "/v1/timeout/extend"))


def _follow(client: Client, answer: Any) -> int:
    """Wait until the server has done it: it may be away for a moment."""
    wished = answer["wished"]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if client.get("/v1/timeout")["timeout"] == wished:
            sys.stdout.write(f"Workspace timeout has been set to {wished}.\n")
            return 0
        time.sleep(LOOK_EVERY)
    sys.stdout.write(f"Noted: {wished}. Podium's server does not answer now; it will follow.\n")
    return 0
