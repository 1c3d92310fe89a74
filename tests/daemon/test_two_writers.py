"""kill -9 of everything that two nodes have, at any moment: one workspace never runs on both.

The workspace of a node that is lost starts elsewhere as soon as the server lets it, the lost node
comes back, and so on round and round. Meanwhile server, daemons and the processes that enforce the
lease are killed; of the last three of one node never all at the same time, since then nobody is
left who could end anything.
"""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from daemon.host import cgroups
from tests.daemon.test_leash import twins
from tests.daemon.twonodes import Installation, opened, read, write
from tests.nodehost import NodeHost
from tests.waiting import until

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]
ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "8"))
LEASE = 10.0
"""Seconds, as `opened` has it."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with opened(tmp_path_factory) as made:
        yield made


def writers(host: NodeHost, workspace: str) -> set[int]:
    """Return the processes that may write into the workspace's tree on a node."""
    group = f"/podium_{host.layout.tag}"
    names = [one for one in cgroups.children(group) if one.startswith(f"{workspace}.")]
    return {pid for name in names for pid in cgroups.processes(f"{group}/{name}")}


class Looking:
    """Looks all the time whether a workspace runs on both nodes at one moment."""

    def __init__(self, both: Installation, workspace: str) -> None:
        self.looks, self.ran = 0, dict.fromkeys(("here", "there"), 0)
        self.found: list[set[int]] = []
        self._both, self._workspace = both, workspace
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.002):
            before = writers(self._both.there, self._workspace)
            here = writers(self._both.here, self._workspace)
            # who is there before and afterwards was there in between
            there = before & writers(self._both.there, self._workspace) if here else before
            self.looks += 1
            self.ran["here"] += bool(here)
            self.ran["there"] += bool(there)
            if here and there:
                self.found.append(here | there)


class Harm:
    """Kills, at random moments; what is killed is begun again, but for the lost daemon."""

    def __init__(self, both: Installation, seed: int) -> None:
        self._both = both
        self._chance = random.Random(seed)  # noqa: S311 - reproducible rounds, not a secret
        self.killed: list[str] = []
        self._lease = Path(both.there.layout.run) / "lease"

    def pause(self, most: float) -> None:
        # the moment of the next kill is what a round is about
        threading.Event().wait(self._chance.uniform(0, most))

    def some(self, most: int) -> None:
        """Kill some of what goes on, one after the other."""
        ways: list[Callable[[], None]] = [self.server, self.here, self.watcher, self.watcher]
        for _turn in range(self._chance.randint(1, most)):
            self._chance.choice(ways)()
            self.pause(LEASE / most)

    def server(self) -> None:
        self.killed.append("server")
        self._both.kill()
        self.pause(1.0)
        self._both.start()

    def here(self) -> None:
        self.killed.append("here")
        self._both.here.kill()
        self.pause(1.0)
        self._both.here.start()

    def watcher(self) -> None:
        """Kill one of those who enforce the lease, while another one can mend that."""
        self.killed.append("watcher")
        os.kill(self._chance.choice(until(lambda: twins(self._lease))), signal.SIGKILL)

    def lose(self) -> None:
        """Kill the daemon of the node that is lost, and one who watches with it, or none."""
        self.killed.append("there")
        watching = until(lambda: twins(self._lease))
        self._both.there.kill()
        if self._chance.random() < 0.7:
            os.kill(self._chance.choice(watching), signal.SIGKILL)


def round_of(both: Installation, harm: Harm, workspace: str, number: int) -> None:
    """Lose node b, go on elsewhere, have b come back, and go there again."""
    place = f"/api/v1/workspaces/{workspace}"
    harm.pause(3.0)
    harm.lose()
    harm.some(3)
    until(lambda: began_elsewhere(both, place), timeout=300, pause=0.3)
    harm.some(2)
    until(lambda: both.runs_at(workspace, "local"), timeout=300)
    write(both.here, workspace, f"round {number}")
    both.there.start()
    harm.some(2)
    until(lambda: both.node("b")["answers"] and both.node("b")["left"] == 0, timeout=300)
    assert not writers(both.there, workspace)
    assert read(both.here, workspace) == f"round {number}", "nothing was overwritten"
    both.ask("POST", "/internal/nodes/local/drain")
    harm.pause(2.0)
    harm.some(1)
    until(lambda: both.runs_at(workspace, "b"), timeout=300)
    assert read(both.there, workspace) == f"round {number}"
    both.ask("POST", "/internal/nodes/local/take-back")


def began_elsewhere(both: Installation, place: str) -> bool:
    return bool(both.ask("POST", f"{place}/elsewhere")["status_code"] == 202)


def rounds(both: Installation, count: int, seed: int) -> None:
    both.ask("POST", "/internal/nodes/local/drain")
    made = both.ask("POST", "/api/v1/workspaces", {"url": both.here.file_url("demo")})
    workspace = made["id"]
    both.contained(workspace, 1)
    write(both.there, workspace, "one")
    both.stopped(workspace)
    both.ask("POST", f"/api/v1/workspaces/{workspace}/start")
    until(lambda: both.runs_at(workspace, "b"))
    both.ask("POST", "/internal/nodes/local/take-back")
    harm = Harm(both, seed)
    with Looking(both, workspace) as looking:
        for number in range(count):
            round_of(both, harm, workspace, number)
    assert not looking.found, f"two writers at one moment; {harm.killed}"
    assert min(looking.ran.values()) > 0, "it ran on both, one after the other"
    both.stopped(workspace)


def test_one_workspace_never_has_two_writers(both: Installation) -> None:
    rounds(both, 1, 7)


@pytest.mark.torture
def test_one_workspace_never_has_two_writers_for_long(both: Installation) -> None:
    rounds(both, ROUNDS, 20261127)
