"""`gp top`: what the workspace takes, as its control group counts it."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from supervisor.cli.client import Client, NotServed
from supervisor.cli.table import table
from supervisor.core.usage import between
from supervisor.host import cgroup
from wire.usage import Usage

_BETWEEN = 0.4
"""Seconds between the two looks at the processor's time."""
_MIB = 1 << 20
_DANGER, _WARNING = 0.95, 0.8
"""Parts of a limit; Gitpod's."""


def top(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Print it."""
    before = cgroup.read()
    time.sleep(_BETWEEN)
    usage = between(before, cgroup.read())
    warnings, killed, measured = _told(client)
    if found.json:
        more = {"warnings": warnings, "killed": killed}
        sys.stdout.write(json.dumps({**resources(usage), **more}, indent=2) + "\n")
        return 0
    rows = [
        ["Processor", *_row(usage.cpu, usage.cores, f"{usage.cpu:.2f}", f"{usage.cores:g} cores")],
        ["Memory", *_row(usage.memory, usage.memory_limit, _size(usage.memory), _limit(usage))],
        ["Processes", str(usage.processes), str(usage.processes_limit or "no limit"), ""],
        *_disk(measured),
    ]
    sys.stdout.write(table(("What", "Used", "Of", ""), rows))
    for one in (*warnings, killed):
        sys.stdout.write(f"{one}\n" if one else "")
    return 0


def _told(client: Client) -> tuple[list[str], str, Mapping[str, Any]]:
    """Return the warnings, the last program that was killed, and what was measured last."""
    try:
        told = client.get("/v1/resources")
    except NotServed:
        return [], "", {}
    return told["warnings"], told["killed"], told.get("usage") or {}


def _disk(measured: Mapping[str, Any]) -> list[list[str]]:
    """Return the row of the disk, where the workspace has one of its own."""
    limit = int(measured.get("disk_limit", 0))
    if not limit:
        return []
    used = limit - int(measured.get("disk_free", 0))
    return [["Disk", *_row(used, limit, _size(used), _size(limit))]]


def resources(usage: Usage) -> dict[str, Any]:
    """Return it as Gitpod's status has it: bytes, and thousandths of a processor."""
    return {
        "resources": {
            "memory": {
                "used": usage.memory,
                "limit": usage.memory_limit,
                "severity": severity(usage.memory, usage.memory_limit),
            },
            "cpu": {
                "used": round(usage.cpu * 1000),
                "limit": round(usage.cores * 1000),
                "severity": severity(usage.cpu, usage.cores),
            },
        }
    }


def severity(used: float, limit: float) -> str:
    """Return normal, warning or danger."""
    part = used / limit if limit else 0.0
    return "danger" if part >= _DANGER else "warning" if part >= _WARNING else "normal"


def _row(used: float, limit: float, told: str, of: str) -> list[str]:
    found = severity(used, limit)
    return [told, of if limit else "no limit", "" if found == "normal" else found]


def _limit(usage: Usage) -> str:
    return _size(usage.memory_limit)


def _size(size: int) -> str:
    return f"{size / _MIB:.0f} MiB"
