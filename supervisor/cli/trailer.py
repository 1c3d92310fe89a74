"""`gp git-commit-message-helper`: names in a commit where it was made. Gitpod's trailer."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from supervisor.cli.client import Client

_TRAILER = re.compile(r"[A-Za-z0-9-]+: \S.*")


def add(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Add the trailer to the message in a file."""
    host = environment.get("GITPOD_HOST", "").partition("://")[2].partition(":")[0]
    if host:
        path = Path(found.file)
        path.write_text(with_trailer(path.read_text(), host))
    return 0


def with_trailer(message: str, host: str) -> str:
    """Return the message with the trailer, once; after an existing one without an empty line."""
    line = f"Tool: gitpod/{host}"
    lines = message.rstrip("\n").split("\n")
    if line in lines:
        return message
    between = "\n" if len(lines) > 1 and _TRAILER.fullmatch(lines[-1]) else "\n\n"
    return f"{message.rstrip()}{between}{line}\n"
