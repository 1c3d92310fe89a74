"""`gp credential-helper`: git asks, the server answers; nothing is kept here.

git speaks `key=value` lines (gitcredentials(7)). `store` and `erase` change nothing: tokens
are changed on the Settings page, to which a refusal leads.
"""

import argparse
import json
import socket
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from supervisor.cli.client import Client

LONGEST = 64 * 1024
SECONDS = 15.0
SOCKET = "git.sock"
"""Beside the socket of `gp`."""


def helper(found: argparse.Namespace, client: Client, environment: Mapping[str, str]) -> int:
    """Answer git on stdout; hints go to stderr."""
    asked = read(sys.stdin.buffer)
    protocol, host = asked.get("protocol", ""), asked.get("host", "")
    if protocol not in {"https", "http"} or not host:
        return 0
    settings = f"{environment.get('PODIUM_HOST', '')}/settings?host={quote(host, safe='')}"
    if found.operation == "erase":
        if asked.get("password"):
            sys.stderr.write(f"Podium: {host} refused your token. Replace it at {settings}\n")
        return 0
    if found.operation != "get":
        return 0
    folder = client.path.rpartition("/")[0]
    given = ask(f"{folder}/{SOCKET}", protocol, host)
    match given:
        case {"username": str(username), "password": str(password)}:
            wanted = asked.get("username", "")
            sys.stdout.write(f"username={wanted or username}\npassword={password}\n")
        case {"reason": "not_trusted"}:
            sys.stderr.write("Podium: this repository is not trusted, so it gets no token.\n")
        case {"reason": "missing"}:
            sys.stderr.write(f"Podium: there is no token for {host}. Add one at {settings}\n")
    return 0


def ask(path: str, protocol: str, host: str) -> Any:
    """Return what the supervisor says; nothing when it does not."""
    question = json.dumps({"protocol": protocol, "host": host}) + "\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(path)
            connection.sendall(question.encode())
            with connection.makefile() as answer:
                return json.loads(answer.read(LONGEST))
    except (OSError, ValueError):
        return None


def read(stream: BinaryIO) -> dict[str, str]:
    """Return what git says; a line without `=`, or an empty one, ends it.

    Only a newline ends a line: an address may hold any other character that is taken for an
    end somewhere, and after it, as a part of the user name, `host=` of somebody else.
    """
    found = {}
    for line in stream.read(LONGEST).decode(errors="replace").split("\n"):
        key, equals, value = line.partition("=")
        if not equals:
            break
        found[key] = value
    return found
