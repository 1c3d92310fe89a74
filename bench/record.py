"""What stands beside every number: machine, versions, commit; and how a result is stored."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from wire.layout import Layout

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "absent"
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def machine() -> dict[str, Any]:
    """Cores, memory in GiB, kernel and system of this machine."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    release = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(pages / 2**30),
        "kernel": platform.release(),
        "system": release.get("PRETTY_NAME", "").strip('"'),
    }


def _python() -> str:
    return platform.python_version()


def versions() -> dict[str, str]:
    """Versions of what the numbers depend on."""
    return {
        "python": _python(),
        "git": _output("git", "--version"),
        "crun": _output("crun", "--version"),
        "runc": _output("runc", "--version"),
        "chromium": _output("chromium", "--version"),
    }


def lies_on(layout: Layout, workspace: str) -> str:
    """Tell what a workspace lies on, for the notes: it decides what its steps cost."""
    own = (Path(layout.disks) / workspace).exists()
    return f"Workspaces were {'on disks of their own' if own else 'folders of one file system'}."


def summary(rounds: list[float]) -> dict[str, float]:
    """Median, p95, least and most of rounds, in the rounds' unit."""
    ordered = sorted(rounds)
    high = quantiles(ordered, n=20)[-1] if len(ordered) > 1 else ordered[0]
    return {
        "median": round(median(ordered), 4),
        "p95": round(min(high, ordered[-1]), 4),
        "min": round(ordered[0], 4),
        "max": round(ordered[-1], 4),
    }


def store(
    name: str,
    title: str,
    rows: list[dict[str, Any]],
    notes: list[str],
    *,
    tables: list[dict[str, Any]] | None = None,
    depends: dict[str, str] | None = None,
    command: str = "",
) -> Path:
    """Write a result file.

    A row is {"what", "unit", "goal" (number or None), "rounds" (list of numbers), "cause" (why
    missed, else "")}. `tables` stand before the rows: {"columns", "lines"}, all texts.
    `depends` are versions that the numbers depend on, instead of those of a workspace.
    `command` is the benchmark that makes it, if that is not `name`.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    document = {
        "name": name,
        "command": command or name,
        "title": title,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _output("git", "rev-parse", "HEAD"),
        "machine": machine(),
        "versions": versions() if depends is None else {"python": _python(), **depends},
        "notes": notes,
        **({"tables": tables} if tables else {}),
        "rows": [{**row, "summary": summary(row["rounds"])} for row in rows],
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path
