"""The power of a node is lost at any moment: what was acknowledged is there, and nothing is half.

What the loss leaves on the disk is given to another node, as if the machine had booted again, and
that goes on from it. See `drive` for what a loss leaves, `lives` for what goes on meanwhile.
"""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller, eventually
from tests.daemon.drive import Drive, Loss, on_drive, power_off
from tests.daemon.lives import FOLDER, KEY, Known, Lives, contents
from tests.daemon.oddtree import Fields, differences, fields
from tests.nodehost import NodeHost
from tests.objectstore import BUCKET, ObjectStore
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = [pytest.mark.root, pytest.mark.timeout(2000)]
ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
FEWER = max(1, ROUNDS // 4)
"""Rounds where a container writes, workspaces are folders, or points are in an object store."""
SEED = int(os.environ.get("PODIUM_SEED", "20261126"))
LONGEST = 1.5
"""Seconds within which whatever goes on is done."""
READ_BACK = 2
"""Points of each workspace that are restored after a loss."""


class After:
    """The node that has booted from what was left; it is asked about everything that was known."""

    def __init__(self, host: NodeHost, lives: Lives, chance: random.Random) -> None:
        self.host, self.lives, self.chance = host, lives, chance
        self.caller = Caller(host)
        self.listed = self.caller.list()

    def content(self, workspace: str) -> pb.Content | None:
        found = [one for one in self.listed.contents if one.instance.startswith(f"{workspace}.")]
        return found[0] if found else None

    def tree(self, workspace: str) -> Path:
        return Path(self.host.layout.content) / workspace / "workspace"

    def opened(self, workspace: str, n: int) -> Path:
        """Have the next start go on from the tree."""
        ready = self.caller.prepared(f"{workspace}.{n}", "", fresh=False)
        assert ready.state == pb.CONTENT_READY, ready
        return self.tree(workspace)

    def check(self, known: Known) -> None:
        self._written(known)
        self._turned(known)
        self._frozen(known)
        if known.stands:
            place = self.opened(self.lives.standing, known.stands + 1)
            assert place.parent.joinpath("layers", "upper").is_dir()
        asked = self.points(self.lives.writing, set(known.asked), "w")
        for point in asked:
            with self._restored(self.lives.writing, point) as place:
                lines = self._lines(place / FOLDER / "written")
            assert lines >= known.asked.get(point, 0), point
        maybe = {known.target: known.becomes} if known.doing == "keep" else {}
        trees = maybe | known.points
        for point in self.points(self.lives.turning, set(known.points), "p"):
            expected = trees[point]
            assert expected is not None
            with self._restored(self.lives.turning, point) as place:
                assert differences(expected, fields(place)) == []

    def _written(self, known: Known) -> None:
        """Every line that was acknowledged is there, and the clone around it."""
        place = self.opened(self.lives.writing, 2) / FOLDER
        assert self._lines(place / "written") >= known.written
        _cloned(place)

    def _lines(self, path: Path) -> int:
        """Return how many lines there are before anything else."""
        data = path.read_bytes()
        whole = 0
        while data[whole * 10 : whole * 10 + 10] == b"%09d\n" % whole:
            whole += 1
        return whole

    def _turned(self, known: Known) -> None:
        workspace, status = self.lives.turning, self.content(self.lives.turning)
        if status is None:
            assert not known.there or known.doing == "discard"
            return
        assert known.there or known.doing in {"open", "discard"}, status
        sealed = self._sealed(known, status)
        place = self.opened(workspace, known.n + 2)
        _cloned(place / FOLDER)
        now = fields(place)
        if sealed is not None:
            assert differences(sealed, now) == []
        there = contents(now)
        for path, content in known.quiet.items():
            assert there.get(path) == content, path

    def _sealed(self, known: Known, status: pb.Content) -> Fields | None:
        """Return what the tree has to be; None while it may be written to."""
        if status.state == pb.CONTENT_READY:
            assert known.tree is None or known.doing in {"open", "discard"}, status
            return None
        assert status.state == pb.CONTENT_SEALED, status
        if known.doing == "restore" and status.restored == known.target:
            return known.becomes
        if known.tree is None:
            assert known.doing == "seal", status
            return known.becomes
        return known.tree

    def _frozen(self, known: Known) -> None:
        there = {one.snapshot for one in self.listed.frozen if one.state == pb.FROZEN_DONE}
        assert there >= known.frozen.keys()
        trees = dict(known.frozen)
        if known.doing == "freeze" and known.becomes is not None:
            trees[known.target] = known.becomes
        for snapshot in there & trees.keys():
            kept = Path(self.host.layout.content) / ".frozen" / snapshot / "tree" / FOLDER
            assert differences(_below(FOLDER, trees[snapshot]), _below("", fields(kept))) == []

    def points(self, workspace: str, known: set[str], kind: str) -> list[str]:
        """Return some of the points to bring back, the newest among them."""
        repository = pb.Repository(workspace=workspace, key=KEY)
        listed = self.caller.stub.Points(pb.PointsRequest(repository=repository)).points
        verified = {one.point for one in listed if one.verified}
        assert verified >= known, (verified, known)
        assert all(one.startswith(kind) for one in verified)
        names = sorted(verified, key=lambda one: int(one[1:]))
        some = self.chance.sample(names, min(len(names), READ_BACK - 1))
        return sorted({*names[-1:], *some})

    @contextmanager
    def _restored(self, workspace: str, point: str) -> Iterator[Path]:
        """Bring a point back into a workspace of its own."""
        other = workspace_id_from(token_bytes(16))
        asked = pb.RestoreRequest(
            instance=f"{other}.1",
            restore="after",
            repository=pb.Repository(workspace=workspace, key=KEY),
            point=point,
        )
        self.caller.stub.Restore(asked)
        status = self.caller.content(asked.instance, pb.CONTENT_SEALED, pb.CONTENT_FAILED)
        assert status.state == pb.CONTENT_SEALED, status
        with disks.shown(self.host.layout, other) as content:
            yield content / "workspace"


def _below(folder: str, tree: Fields) -> Fields:
    """Return what is in a folder of a tree. Where its zeros are holes may differ in a copy."""
    top = os.fsencode(f"/{folder}") if folder else b""
    return {
        path.removeprefix(top): one
        | {
            "same as": one["same as"].removeprefix(top),
            "content": one["content"] and one["content"][0],
        }
        for path, one in tree.items()
        if path == top or path.startswith(top + b"/")
    }


def _cloned(place: Path) -> None:
    git = ["git", "-c", "safe.directory=*", "-C", str(place)]
    for words in (("fsck", "--strict", "--full"), ("archive", "-o", "/dev/null", "HEAD")):
        subprocess.run([*git, *words], check=True, capture_output=True)


def run(
    folder: Path,
    seed: int,
    rounds: int,
    losses: list[Loss],
    *,
    contained: bool = False,
    **environment: str,
) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 -- rounds that can be repeated
    (folder / "after").mkdir()
    names = [workspace_id_from(token_bytes(16)) for _one in range(3)]
    after = nodehost.make_host(folder / "after", **environment)
    made = nodehost.make_host(folder, **environment)
    with Drive(folder / "drive") as drive, on_drive(made, drive) as host:
        nodehost.make_repository(host)
        host.start()
        lives = Lives(host, names, seed, contained=contained)
        try:
            lives.start()
            eventually(lambda: lives.known.asked or lives.broken)
            for n in range(rounds):
                one_round(drive, lives, after, losses[n % len(losses)], chance)
        finally:
            lives.stop()
            after.stop()


def one_round(
    drive: Drive, lives: Lives, after: NodeHost, loss: Loss, chance: random.Random
) -> None:
    lives.idle()
    # the moment of the loss is what the round is about
    lives.pause(chance.random() * LONGEST)
    with lives.gate:
        known = lives.known
        drive.lose(loss)
        with drive.left(loss, Path(after.layout.home)):
            try:
                after.start()
                asking = After(after, lives, chance)
                asking.check(known)
                asking.caller.close()
            finally:
                power_off(after)
    assert lives.broken is None, lives.broken


def stored(object_store: ObjectStore, prefix: str) -> dict[str, str]:
    """Return what puts restore points into a store that outlives the node."""
    return {
        "PODIUM_BACKUP_STORE": f"s3:http://127.0.0.1:{object_store.port}/{BUCKET}/{prefix}",
        "PODIUM_BACKUP_STORE_CREDENTIALS": str(object_store.credentials),
    }


def test_a_few_losses(tmp_path: Path) -> None:
    run(tmp_path, SEED, 3, [Loss.CACHE, Loss.ORDER])


@pytest.mark.torture
def test_many_losses(tmp_path: Path) -> None:
    run(tmp_path, SEED + 1, ROUNDS, list(Loss))


def test_a_few_losses_where_workspaces_are_folders(tmp_path: Path) -> None:
    run(tmp_path, SEED + 6, 2, list(Loss), PODIUM_DISK_LIMITS="off")


@pytest.mark.torture
def test_many_losses_where_workspaces_are_folders(tmp_path: Path) -> None:
    run(tmp_path, SEED + 7, FEWER, list(Loss), PODIUM_DISK_LIMITS="off")


def test_a_few_losses_under_a_container(tmp_path: Path) -> None:
    run(tmp_path, SEED + 2, 2, list(Loss), contained=True)


@pytest.mark.torture
def test_many_losses_under_a_container(tmp_path: Path) -> None:
    run(tmp_path, SEED + 3, FEWER, list(Loss), contained=True)


def test_a_few_losses_beside_an_object_store(tmp_path: Path, object_store: ObjectStore) -> None:
    run(tmp_path, SEED + 4, 2, list(Loss), **stored(object_store, "losses"))


@pytest.mark.torture
def test_many_losses_beside_an_object_store(tmp_path: Path, object_store: ObjectStore) -> None:
    run(tmp_path, SEED + 5, FEWER, list(Loss), **stored(object_store, "many-losses"))
