"""`gp snapshot`: the workspace's files as they are now, for others to begin with."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from supervisor.cli.client import Client, NotServed

EVERY = 1.0
"""Seconds between looks at one that is being made."""


def snapshot(
    found: argparse.Namespace,
    client: Client,
    _environment: Mapping[str, str],
    rest: Callable[[float], None] = time.sleep,
) -> int:
    """Have one made, wait until it is, and print its link."""
    wanted = {"name": found.name, "access": found.access, "lasts": found.lasts}
    said = client.ask("POST", "/v1/snapshots", wanted)
    while said["state"] != "done":
        if said["state"] == "failed":
            raise NotServed(f"{said['problem']}; Podium tries again, see the workspace's page")
        rest(EVERY)
        said = client.get(f"/v1/snapshots/{said['id']}")
    sys.stdout.write(f"{said['url']}\n")
    return 0
