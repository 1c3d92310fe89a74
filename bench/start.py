"""How long a workspace's start takes, step by step, on a warm installation."""

import sys
import time

from bench import alone
from bench.record import store
from tests.e2e.installation import fresh_installation, make_repository

ROUNDS = 20
WHOLE = ("start", "stop")
ALONE = ("clone", "vscode")
STEPS = ("content", "container", "supervisor", "checkout", "ide")


def run() -> None:
    """Measure and store: one installation, ROUNDS workspaces of one small repository."""
    installation = fresh_installation()
    up = installation.make("up")
    if up.returncode:
        sys.exit(up.stdout + up.stderr)
    url = make_repository(installation.repositories, "demo")
    rounds: dict[str, list[float]] = {name: [] for name in (*STEPS, *WHOLE, *ALONE)}
    for number in range(ROUNDS + 1):
        began = time.monotonic()
        made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
        started = time.monotonic() - began
        began = time.monotonic()
        installation.podium_json("workspace", "stop", made["id"], "--wait")
        stopped = time.monotonic() - began
        installation.podium("workspace", "delete", made["id"], "--yes", "--wait")
        peers = {"clone": alone.clone(url), "vscode": alone.vs_code(installation.layout)}
        if number == 0:  # the first one warms the page cache
            continue
        rounds["start"].append(started)
        rounds["stop"].append(stopped)
        for name, took in peers.items():
            rounds[name].append(took)
        for name in STEPS:
            rounds[name].append(float(made["timings"].get(name, 0.0)))
    installation.remove()
    titles = {
        "start": "create --wait, whole command",
        "stop": "stop --wait, whole command",
        "clone": "for comparison: git clone --no-checkout alone",
        "vscode": "for comparison: the same VS Code server alone, on the host",
    }
    goals = {"content": 0.15, "container": 0.1, "supervisor": 0.2, "ide": 0.5}
    store(
        "start",
        "Starting and stopping a workspace",
        [
            {
                "what": titles.get(name, f"step {name}"),
                "unit": "s",
                "goal": goals.get(name),
                "rounds": values,
                "cause": "",
            }
            for name, values in rounds.items()
        ],
        [
            "Both comparisons run in each round, after the workspace is gone; nothing else runs.",
            "Each round a new workspace of a small `file://` repository; the first is not counted.",
            "Steps are the platform's own times; whole commands include the command line's start.",
        ],
    )
