"""`gp ports`: what listens, and waiting for it."""

import argparse
import sys
import time
from collections.abc import Mapping

from supervisor.cli.client import Client
from supervisor.cli.table import table
from supervisor.cli.workspace import url_of

LOOK_EVERY = 0.3
"""Seconds between two looks; the supervisor looks itself every 0.4 s."""


def show(_found: argparse.Namespace, client: Client, environment: Mapping[str, str]) -> int:
    """Print the ports."""
    told = client.get("/v1/ports")
    public = set(told["public"])
    rows = [
        [
            str(one["port"]),
            f"open ({'public' if one['port'] in public else 'private'})",
            one["process"],
            url_of(environment, one["port"]),
        ]
        for one in told["ports"]
    ]
    if not rows:
        sys.stdout.write("Nothing listens.\n")
        return 0
    sys.stdout.write(table(("Port", "Status", "Process", "URL"), rows))
    return 0


def wait(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Return as soon as something listens on the port."""
    while True:
        if any(one["port"] == found.port for one in client.get("/v1/ports")["ports"]):
            return 0
        time.sleep(LOOK_EVERY)
