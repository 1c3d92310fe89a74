"""A workspace is stopped, and the power is lost right behind the record that says so.

Whoever reads that record may take it that the node holds every byte. It is cut before the disk is
unmounted, which would write what a sync has left out; in a folder nothing ever does.
"""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.core.content import Record, State
from daemon.host.trees import Trees
from tests.daemon.drive import Drive, Loss
from tests.daemon.oddtree import Fields, differences, fields, grow
from tests.daemon.test_contents_ends import INSTANCE, Parts

pytestmark = pytest.mark.root
WORKSPACE = INSTANCE.workspace
RECORD = Record(
    workspace=WORKSPACE, opened=INSTANCE.n, folder="demo", revision="a" * 40, branch="main"
)
SIZE = 64 << 20
LOSSES = pytest.mark.parametrize("loss", list(Loss))
DISKS = pytest.mark.parametrize("limited", [False, True], ids=["folder", "disk"])


class Watched(Trees):
    """Trees that let somebody act right behind a record that says sealed."""

    behind: Callable[[], None]

    def keep_record(self, record: Record) -> None:
        super().keep_record(record)
        if record.state() is State.SEALED:
            self.behind()


class Refused(Trees):
    """Trees of a node whose disk takes nothing more."""

    def sync(self, workspace: str) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), workspace)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    with Drive(tmp_path_factory.mktemp("power") / "drive") as made:
        yield made


@pytest.fixture
def place(drive: Drive) -> Path:
    """A folder of the test's own that is on the disk."""
    folder = drive.data / os.urandom(4).hex()
    folder.mkdir()
    os.sync()
    return folder


def opened(trees: Trees, folder: Path, *, limited: bool) -> None:
    """Make a workspace that is open, with all of it on the disk."""
    skeleton = folder / "image"
    skeleton.mkdir()
    grow(trees.begin(WORKSPACE, SIZE if limited else 0) / ".podium-clone")
    trees.begin_home(WORKSPACE, skeleton)
    trees.finish(RECORD)


def written(trees: Trees) -> None:
    """Write to files and home with nothing said to be on the disk."""
    for top in (trees.tree(WORKSPACE) / "demo", trees.home(WORKSPACE)):
        odd = top / "odd"
        odd.mkdir()
        grow(odd, 2)
    (trees.tree(WORKSPACE) / "demo" / "plain").write_text("changed\n")


def both(trees: Trees) -> list[Fields]:
    assert trees.complete(WORKSPACE)
    return [fields(trees.tree(WORKSPACE)), fields(trees.home(WORKSPACE))]


@LOSSES
@DISKS
async def test_every_byte_is_on_the_disk_when_the_record_says_sealed(
    drive: Drive, place: Path, tmp_path: Path, loss: Loss, *, limited: bool
) -> None:
    cuts = 0

    def cut() -> None:
        nonlocal cuts
        cuts += 1
        drive.lose(loss)

    parts = Parts(place, limited=limited, trees=Watched)
    parts.trees.behind = cut
    opened(parts.trees, tmp_path, limited=limited)
    written(parts.trees)
    before = both(parts.trees)
    status = await parts.contents.seal(INSTANCE)
    assert (status.state, cuts) == (State.SEALED, 1)
    parts.trees.disks.close()

    mounted = tmp_path / "left"
    with drive.left(loss, mounted):
        after = Parts(mounted / place.name, limited=limited).trees
        try:
            assert after.disks.has(WORKSPACE) == limited
            record = after.record(WORKSPACE)
            assert record is not None
            assert record.sealed == INSTANCE.n
            for one, other in zip(before, both(after), strict=True):
                assert differences(one, other) == []
        finally:
            after.disks.close()


@DISKS
async def test_what_could_not_be_synced_is_not_said_to_be_sealed(
    tmp_path: Path, *, limited: bool
) -> None:
    parts = Parts(tmp_path, limited=limited, trees=Refused)
    opened(parts.trees, tmp_path, limited=limited)
    status = await parts.contents.seal(INSTANCE)
    assert (status.state, status.fault.code) == (State.FAILED, "content_failed")
    assert parts.trees.record(WORKSPACE) == RECORD
    parts.trees.disks.close()
