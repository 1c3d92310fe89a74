"""kill -9 of the daemon or of restic at any moment: every point is whole, every tree old or new.

A writer appends numbered lines and notes each one that the disk has acknowledged. Whatever a
restore point holds must begin with all that was acknowledged when it was asked for, however
often its making was cut. All that nobody writes to meanwhile is to the last field what it was.
"""

import os
import random
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from daemon.core.oci import cgroup_path
from daemon.host import cgroups
from tests import disks
from tests.daemon.caller import Caller, eventually
from tests.daemon.oddtree import Fields, differences, fields, grow
from tests.daemon.test_backups import FOLDERS, KEY, repository
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]
ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
WRITTEN = "written"
PATH = f"/demo/{WRITTEN}".encode()
LONGEST = 1.2
"""Seconds within which a small backup or restore does all of its work."""


@dataclass
class Writer:
    """Appends lines to a file, each of them on the disk before it is acknowledged."""

    acknowledged: int = 0
    _end: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self, path: Path) -> None:
        self._end.clear()
        self._thread = threading.Thread(target=self._write, args=[path])
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def _write(self, path: Path) -> None:
        with path.open("ab", buffering=0) as file:
            while not self._end.wait(0.005):
                file.write(b"%09d\n" % self.acknowledged)
                os.fsync(file.fileno())
                self.acknowledged += 1


class Rounds:
    def __init__(self, host: NodeHost, workspace: str, chance: random.Random) -> None:
        self.host, self.workspace, self.chance = host, workspace, chance
        self.instance = f"{workspace}.1"
        self.writer = Writer()
        self.asked: dict[str, int] = {}
        """Point → lines that were acknowledged when it was first asked for."""
        self.quiet: dict[str, list[Fields]] = {}
        """Point → everything beside these lines, which nobody touches while it is made."""
        self.caller = Caller(host)

    def call(self, work):
        """Return what a call returns; None when the daemon has died under it."""
        try:
            return work(self.caller.stub)
        except grpc.RpcError:
            return None

    def backup(self, point: str):
        request = pb.BackupRequest(instance=self.instance, point=point, key=KEY)
        return self.call(lambda stub: stub.Backup(request))

    def restore(self, wish: str, point: str):
        request = pb.RestoreRequest(
            instance=self.instance,
            restore=wish,
            repository=repository(self.workspace),
            point=point,
        )
        return self.call(lambda stub: stub.Restore(request))

    def hurt(self) -> None:
        """Kill the daemon or restic within the longest time, or nobody."""
        threading.Event().wait(self.chance.random() * LONGEST)
        victim = self.chance.choice(["daemon", "restic", "restic", "nobody"])
        if victim == "daemon":
            self.host.kill()
            self.host.start()
            self.caller.close()
            self.caller = Caller(self.host)
        elif victim == "restic":
            for pid in cgroups.processes(cgroup_path(self.host.layout.tag, "backups")):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def round(self, n: int) -> None:
        point = f"p{n}"
        with disks.shown(self.host.layout, self.workspace) as content:
            demo = content / "workspace" / "demo"
            big = self.chance.randbytes(self.chance.randrange(1 << 22))
            (demo / f"big{n % 3}").write_bytes(big)
            (demo / WRITTEN).touch()
            self.quiet[point] = quiet(content)
            self.writer.start(demo / WRITTEN)
            try:
                self.asked[point] = self.writer.acknowledged
                self.backup(point)
                self.hurt()
                eventually(lambda: self.done(point), 60)
            finally:
                self.writer.stop()

    def done(self, point: str) -> bool:
        status = self.backup(point)
        return status is not None and status.state == pb.BACKUP_DONE

    def bring_back(self, n: int) -> None:
        """Restore a point, cut at any moment; then the file is as the point has it."""
        listed = self.caller.stub.Points(pb.PointsRequest(repository=repository(self.workspace)))
        assert {one.point for one in listed.points} == set(self.asked)
        assert all(one.verified for one in listed.points)
        point, before = self.chance.choice(sorted(self.asked)), self.lines()
        self.restore(f"w{n}", point)
        self.hurt()
        if self.lines() != before:
            assert self.lines() >= self.asked[point]
        eventually(lambda: self.restored(f"w{n}", point), 60)
        assert self.lines() >= self.asked[point]
        self.writer.acknowledged = self.lines()
        with disks.shown(self.host.layout, self.workspace) as content:
            for was, now in zip(self.quiet[point], quiet(content), strict=True):
                assert differences(was, now) == []

    def restored(self, wish: str, point: str) -> bool:
        status = self.restore(wish, point)
        assert status is None or status.state != pb.CONTENT_READY
        return status is not None and (status.state, status.restored) == (pb.CONTENT_SEALED, wish)

    def lines(self) -> int:
        """Return how many lines there are; every one is whole and in its place."""
        with disks.shown(self.host.layout, self.workspace) as content:
            data = (content / "workspace" / "demo" / WRITTEN).read_bytes()
        whole = [b"%09d" % n for n in range(len(data) // 10)]
        assert data[: 10 * len(whole)].split(b"\n")[:-1] == whole
        return len(whole)


def quiet(content: Path) -> list[Fields]:
    """Return tree and home without the file that is written to."""
    found = [fields(content / one) for one in FOLDERS]
    for one in found:
        one.pop(PATH, None)
    return found


def begun(host: NodeHost, caller: Caller, url: str, workspace: str, seed: int) -> Rounds:
    rounds = Rounds(host, workspace, random.Random(seed))  # noqa: S311 -- rounds that can be repeated
    assert caller.prepared(rounds.instance, url).state == pb.CONTENT_READY
    grow(Path(host.layout.content) / workspace / "workspace" / "demo", seed)
    assert caller.seal(rounds.instance).state == pb.CONTENT_SEALED
    return rounds


def run(rounds: Rounds, count: int) -> None:
    try:
        for n in range(count):
            rounds.round(n)
            if n % 2 == 1:
                rounds.bring_back(n)
        assert not list(Path(rounds.host.layout.content).glob(".restoring-*"))
        folder = Path(rounds.host.layout.backups) / rounds.workspace / "repository"
        assert not list(folder.rglob("*-tmp-*"))
    finally:
        rounds.caller.stub.Discard(pb.DiscardRequest(workspace=rounds.workspace, n=9))
        rounds.caller.stub.Drop(pb.DropRequest(workspace=rounds.workspace, n=9))
        rounds.caller.close()


def test_a_few_rounds(host, caller, url, workspace):
    run(begun(host, caller, url, workspace, 20261126), 4)


@pytest.mark.torture
def test_many_rounds(host, caller, url, workspace):
    run(begun(host, caller, url, workspace, 7), ROUNDS)
