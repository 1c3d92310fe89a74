"""`gp validate`: the repository's file, read as the next start would."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from supervisor.cli.client import Client
from supervisor.cli.later import trial

_SECONDS = 40.0
"""More than the reader takes at most."""


def validate(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Print faults, and what is not followed; 1 when there are faults."""
    for wish in ("prebuild", "headless", "from"):
        if getattr(found, wish):
            return trial(f"--{wish}")
    told = client.ask("POST", "/v1/config/check", {}, seconds=_SECONDS)
    wrong = any(not one["warning"] for one in told["faults"])
    if found.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return int(wrong)
    if not told["file"]:
        sys.stdout.write(
            "There is no .gitpod.yml and no devcontainer.json; `gp init` writes one.\n"
        )
        return 0
    for one in [*told["faults"], *told["unfollowed"]]:
        sys.stdout.write(f"{_line(one, told['file'])}\n")
    counts = f"{told['tasks']} tasks and {told['ports']} entries of ports"
    judged = "has faults" if wrong else "has no faults"
    sys.stdout.write(f"{told['file']} {judged}: {counts} are read from it.\n")
    if not wrong:
        sys.stdout.write("It counts from the next start on; trial runs are not there yet.\n")
    return int(wrong)


def _line(fault: Mapping[str, Any], file: str) -> str:
    kind = "warning" if fault["warning"] else "error"
    field = f" {fault['field']}:" if fault["field"] else ""
    return f"{fault['file'] or file}:{fault['line']}: {kind}:{field} {fault['cause']}"
