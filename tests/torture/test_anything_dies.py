"""Anything may be killed at any moment: platform processes, their launcher, a workspace's own.

Each round wishes for something, or for nothing, kills one random process at a random moment
and lets the rest of the round happen. Then everything converges by itself, or by one `make
up` where nobody was left to start it anew, and the tree is bit for bit what it was.
"""

import os
import random
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.fingerprint import fingerprint
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
SEED = 20261125
LONGEST = 2.0
"""Seconds within which a stop or a start of a small workspace does all of its work."""
VICTIMS = ("server", "proxy", "daemon", "launcher", "supervisor", "child")
WISHES = ("start", "stop", "nothing")

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]


class Rounds:
    """The one workspace, and ways to hurt what holds it."""

    def __init__(self, installation: Installation, chance: random.Random) -> None:
        self.installation = installation
        self.chance = chance
        url = make_repository(installation.repositories, "hurt")
        made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
        self.id = str(made["id"])
        self.history: list[str] = []

    def prints(self) -> dict[str, tuple]:
        """Return the tree's fingerprint, whether the workspace runs or not."""
        with self.installation.files(self.id) as files:
            return fingerprint(files / "workspace")

    def note(self, name: str, text: str) -> None:
        """Write a file into the tree."""
        with self.installation.files(self.id) as files:
            (files / "workspace" / name).write_text(text)

    def view(self) -> dict:
        return self.installation.podium_json("workspace", "show", self.id)

    def first_pid(self) -> int:
        """Of the workspace's first process; 0 while there is none."""
        with suppress(OSError, AssertionError, KeyError, ValueError):
            return self.installation.instance_pid(self.view()["instance"]["id"])
        return 0

    def find(self, victim: str) -> int:
        """Return a pid, 0 when there is nobody to be killed now."""
        if victim == "supervisor":
            return self.first_pid()
        if victim == "child":
            first = self.first_pid()
            children = Path(f"/proc/{first}/task/{first}/children")
            found = children.read_text().split() if first and children.exists() else []
            return int(self.chance.choice(found)) if found else 0
        return int(self.installation.platform_processes().get(victim, {}).get("pid") or 0)

    def hurt(self, number: int) -> None:
        """Wish, wait for a random moment, kill."""
        victim, wish = self.chance.choice(VICTIMS), self.chance.choice(WISHES)
        pid = self.find(victim)
        if wish != "nothing":
            self.installation.podium("workspace", wish, self.id)
        threading.Event().wait(self.chance.uniform(0, LONGEST))  # the moment is the point
        self.history.append(f"{number}: {wish}, kill {victim} {pid}")
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.serve_again(victim)

    def serve_again(self, victim: str) -> None:
        """Wait until the platform serves; nobody but a person starts a launcher anew."""
        if victim == "launcher":
            up = self.installation.make("up")
            assert up.returncode == 0, self.told(up.stdout + up.stderr)
        self.soon(lambda: self.installation.podium("status").returncode == 0)
        self.soon(lambda: self.installation.podium("workspace", "list").returncode == 0)

    def soon(self, wanted: Callable[[], object], seconds: float = 120) -> None:
        try:
            until(wanted, timeout=seconds)
        except AssertionError as error:
            raise AssertionError(self.told(str(error))) from error

    def told(self, text: str) -> str:
        return "\n".join([*self.history[-8:], text, self.installation.podium("status").stdout])


def test_everything_converges_and_no_byte_is_lost(installation: Installation) -> None:
    rounds = Rounds(installation, random.Random(SEED))  # noqa: S311 - reproducible, no secret
    for number in range(ROUNDS):
        rounds.note(f"note-{number}", str(number))
        before = rounds.prints()
        rounds.hurt(number)
        rounds.soon(lambda: rounds.view()["phase"] in {"running", "stopped"})
        assert rounds.prints() == before, rounds.told("the tree is another one")
    started = installation.podium("workspace", "start", rounds.id, "--wait")
    assert started.returncode == 0, rounds.told(started.stdout + started.stderr)
    assert rounds.prints() == before
    assert rounds.view()["problem"] is None
    notes = sorted(one for one in rounds.prints() if one.startswith("note-"))
    assert notes == sorted(f"note-{number}" for number in range(ROUNDS))
    deleted = installation.podium("workspace", "delete", rounds.id, "--yes", "--wait")
    assert deleted.returncode == 0, rounds.told(deleted.stdout + deleted.stderr)
    assert not installation.holds(rounds.id)
