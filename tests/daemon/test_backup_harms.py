"""As in `test_backup_kills`, and more goes wrong: disks are unmounted, the object store fails.

The store refuses, resets, fails or says nothing at any moment. Another workspace begins meanwhile:
it is there or it is not, and what is sealed of it stays.
"""

import os
import random
import subprocess
import threading
from pathlib import Path
from secrets import token_bytes

import pytest

from tests import disks, nodehost, objectstore
from tests.daemon.caller import Caller, eventually
from tests.daemon.oddtree import grow
from tests.daemon.test_backup_kills import LONGEST, Rounds, run
from tests.nodehost import NodeHost
from tests.objectstore import Faulty, Mode
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]
ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "40"))
SEED = int(os.environ.get("PODIUM_SEED", "20261126"))
FAILURES = (Mode.STALL, Mode.FAIL, Mode.RESET, Mode.DENY)
KEPT = Path("workspace", "demo", "kept")


class Harder(Rounds):
    """`front` is before the object store, if there is one."""

    def __init__(
        self, host: NodeHost, workspace: str, chance: random.Random, front: Faulty | None
    ) -> None:
        super().__init__(host, workspace, chance)
        self.front = front
        self.other = ""
        self.n = 1
        """Start of the other workspace."""

    def round(self, n: int) -> None:
        self.other = workspace_id_from(token_bytes(16))
        super().round(n)
        self.begins(self.other)

    def hurt(self) -> None:
        other = f"{self.other}.1"
        self.call(lambda _stub: self.caller.prepare(other, self.host.file_url("demo")))
        what = self.chance.choice(["process", "disk", "store" if self.front else "disk"])
        if what == "process":
            super().hurt()
            return
        self.pause()
        if what == "disk":
            self.unmount()
        elif self.front is not None:
            self.front.mode = self.chance.choice(FAILURES)
            self.pause()
            self.front.mode = Mode.PASS

    def pause(self) -> None:
        threading.Event().wait(self.chance.random() * LONGEST)

    def unmount(self) -> None:
        """Take a disk from its place, or all of them; the writer's own stays for the test."""
        there = Path(self.host.layout.content).iterdir()
        places = [one for one in there if one.is_mount() and one.name != self.workspace]
        if places and self.chance.random() < 0.5:
            places = [self.chance.choice(places)]
        for one in places:
            subprocess.run(["umount", "-l", str(one)], check=False, capture_output=True)

    def begins(self, workspace: str) -> None:
        """Whatever has happened, the other workspace begins, and what is sealed of it stays."""
        self.n = 1
        eventually(lambda: self.prepared(workspace, fresh=True), 60)
        with disks.shown(self.host.layout, workspace) as content:
            (content / KEPT).write_text(workspace)
        self.unmount()
        assert self.caller.seal(f"{workspace}.{self.n}").state == pb.CONTENT_SEALED
        self.n += 1
        eventually(lambda: self.prepared(workspace, fresh=False), 60)
        self.unmount()
        with disks.shown(self.host.layout, workspace) as content:
            assert (content / KEPT).read_text() == workspace
        self.caller.discard(workspace, 99)

    def prepared(self, workspace: str, *, fresh: bool) -> bool:
        """Ask for a start; one that has failed is followed by the next, as the server does."""
        url = self.host.file_url("demo")
        status = self.caller.prepare(f"{workspace}.{self.n}", url, fresh=fresh)
        self.n += status.state == pb.CONTENT_FAILED
        return bool(status.state == pb.CONTENT_READY)


@pytest.fixture(scope="module")
def front(object_store):
    with Faulty(object_store.port) as started:
        yield started


@pytest.fixture(scope="module")
def far(tmp_path_factory, object_store, front):
    """A node whose restore points are in an object store."""
    started = nodehost.start_daemon(
        tmp_path_factory.mktemp("far"),
        PODIUM_BACKUP_STORE=f"s3:http://127.0.0.1:{front.port}/{objectstore.BUCKET}/harms",
        PODIUM_BACKUP_STORE_CREDENTIALS=str(object_store.credentials),
        PODIUM_BACKUP_STORE_PATIENCE="2",
    )
    nodehost.make_repository(started)
    yield started
    started.stop()


def harm(host: NodeHost, front: Faulty | None, workspace: str, seed: int, count: int) -> None:
    print(f"seed {seed}")
    rounds = Harder(host, workspace, random.Random(seed), front)  # noqa: S311 -- to be repeated
    caller = Caller(host)
    status = caller.prepared(rounds.instance, host.file_url("demo"))
    assert status.state == pb.CONTENT_READY
    grow(Path(host.layout.content) / workspace / "workspace" / "demo", seed)
    assert caller.seal(rounds.instance).state == pb.CONTENT_SEALED
    caller.close()
    run(rounds, count)


def test_a_few_rounds(host, workspace):
    harm(host, None, workspace, SEED, 2)


def test_a_few_rounds_with_an_object_store(far, front, object_store, workspace):
    harm(far, front, workspace, SEED + 1, 2)
    assert object_store.names(f"harms/workspaces/{workspace}") == []


@pytest.mark.torture
def test_many_rounds(host, workspace):
    harm(host, None, workspace, SEED + 2, ROUNDS)


@pytest.mark.torture
def test_many_rounds_with_an_object_store(far, front, object_store, workspace):
    harm(far, front, workspace, SEED + 3, ROUNDS)
    assert object_store.names(f"harms/workspaces/{workspace}") == []
