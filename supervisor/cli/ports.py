"""`gp ports`: what listens, waiting for it, and who may open it."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from supervisor.cli.client import Client, NotServed
from supervisor.cli.table import table
from supervisor.cli.workspace import url_of

LOOK_EVERY = 0.3
"""Seconds between two looks; the supervisor looks itself every 0.4 s."""


def show(found: argparse.Namespace, client: Client, environment: Mapping[str, str]) -> int:
    """Print the ports."""
    told = client.get("/v1/ports")
    public = set(told["public"])
    rows = [
        [
            str(one["port"]),
            _status(one, public),
            one["process"],
            url_of(environment, one["port"]),
            ": ".join(text for text in (one["name"], one["description"]) if text),
        ]
        for one in told["ports"]
    ]
    if found.json:
        sys.stdout.write(json.dumps(_documents(told, environment), indent=2) + "\n")
        return 0
    if not rows:
        sys.stdout.write("Nothing listens.\n")
        return 0
    sys.stdout.write(table(("Port", "Status", "Process", "URL", "Name & Description"), rows))
    return 0


def _status(one: Mapping[str, Any], public: set[int]) -> str:
    who = "public" if one["port"] in public else "private"
    return f"open ({who})" if one["served"] else f"not served ({who})"


def wait(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Return as soon as something listens on the port."""
    while True:
        ports = client.get("/v1/ports")["ports"]
        if any(one["port"] == found.port and one["served"] for one in ports):
            return 0
        time.sleep(LOOK_EVERY)


def visibility(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Make a port private or public."""
    port, wished = _wish(found.wish, ("private", "public"))
    client.ask("PUT", f"/v1/ports/{port}", {"visibility": wished})
    sys.stdout.write(f"Port {port} is {wished}.\n")
    return 0


def protocol(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Say whether a port speaks http or https."""
    port, wished = _wish(found.wish, ("http", "https"))
    client.ask("PUT", f"/v1/ports/{port}", {"protocol": wished})
    sys.stdout.write(f"Port {port} is asked in {wished}.\n")
    return 0


def _wish(text: str, known: tuple[str, ...]) -> tuple[int, str]:
    port, _, word = text.partition(":")
    if not port.isdecimal() or word not in known:
        raise NotServed(f"{text} is not understood; it must be <port>:{'|'.join(known)}")
    return int(port), word


def _documents(told: Any, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    public = set(told["public"])
    return [
        {
            **one,
            "visibility": "public" if one["port"] in public else "private",
            "url": url_of(environment, one["port"]),
        }
        for one in told["ports"]
    ]
