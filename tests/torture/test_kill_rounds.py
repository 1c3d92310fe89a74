"""Hundreds of `kill -9` on random platform processes: the workspace never notices.

Each round kills one process at a random moment of a stop, a start, or of nothing at all, and
waits until the platform answers again. At the end the tree is bit for bit what it was.
"""

import os
import random
import signal
import threading
from pathlib import Path

import pytest

from tests.e2e.fingerprint import fingerprint
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

KILLS = 150
TURNS = 50
SEED = 20261123
LONGEST_TURN = 2.0
"""Seconds within which a stop or a start of a small workspace does all of its work."""

pytestmark = pytest.mark.torture


def kill_one(installation: Installation, chance: random.Random) -> str:
    """Kill a random platform process; return when the platform serves without it."""
    name = chance.choice(["daemon", "server", "blobserve", "proxy"])
    victim = installation.platform_processes()[name]["pid"]
    os.kill(victim, signal.SIGKILL)

    def serves_again() -> bool:
        now = installation.platform_processes()[name]["pid"]
        listed = installation.podium("workspace", "list", "--json")
        return now not in {None, victim} and listed.returncode == 0

    until(serves_again, timeout=60)
    until(lambda: installation.podium("status").returncode == 0, timeout=60)
    return name


def phase(installation: Installation, workspace: str) -> str:
    return str(installation.podium_json("workspace", "show", workspace)["phase"])


def test_a_running_workspace_survives_every_kill(installation: Installation) -> None:
    chance = random.Random(SEED)  # noqa: S311 - reproducible rounds, not a secret
    url = make_repository(installation.repositories, "kept")
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
    pid = installation.instance_pid(made["instance"]["id"])
    tree = installation.content(made["id"]) / "workspace"
    before = fingerprint(tree)
    for number in range(KILLS):
        name = kill_one(installation, chance)
        assert Path(f"/proc/{pid}").exists(), f"round {number}: {name}"
    until(lambda: phase(installation, made["id"]) == "running", timeout=60)
    assert installation.instance_pid(made["instance"]["id"]) == pid
    assert fingerprint(tree) == before
    installation.podium("workspace", "delete", made["id"], "--yes", "--wait")


def test_stop_and_start_converge_whatever_is_killed_meanwhile(installation: Installation) -> None:
    chance = random.Random(SEED + 1)  # noqa: S311 - reproducible rounds, not a secret
    url = make_repository(installation.repositories, "turned")
    workspace = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    for number in range(TURNS):
        with installation.files(workspace) as files:
            (files / "workspace" / f"note-{number}").write_text(str(number))
            before = fingerprint(files / "workspace")
        wish, wanted = ("stop", "stopped") if number % 2 == 0 else ("start", "running")
        assert installation.podium("workspace", wish, workspace).returncode == 0
        # the moment of the kill is what the round is about
        threading.Event().wait(chance.uniform(0, LONGEST_TURN))
        kill_one(installation, chance)
        until(lambda wanted=wanted: phase(installation, workspace) == wanted, timeout=120)
        with installation.files(workspace) as files:
            assert fingerprint(files / "workspace") == before
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
