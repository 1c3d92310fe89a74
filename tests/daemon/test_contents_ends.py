"""What is begun of a tree and does not end well: it leaves nothing behind, and is told."""

import asyncio
import time
from pathlib import Path, PurePosixPath

import pytest

from daemon.contents import Contents
from daemon.core.content import State
from daemon.core.drivers import Driver
from daemon.core.faults import Fault
from daemon.core.frozen import Frozen
from daemon.core.orders import PrepareOrder
from daemon.core.pointorders import Repository, RestoreOrder
from daemon.core.pressure import Floor
from daemon.host.disks import Disks
from daemon.host.networks import Networks
from daemon.host.roots import Roots
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.pressure import Pressure
from daemon.site import Site
from daemon.snapshots import Snapshots
from kit.tasks import Tasks
from tests.waiting import until
from wire.hosts import Hosts
from wire.ids import InstanceId
from wire.layout import Layout

pytestmark = pytest.mark.root
INSTANCE = InstanceId("amber-otter-4k2hw9xz1q", 3)
HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
ORDER = PrepareOrder(
    instance=INSTANCE, fresh=True, url="file:///nowhere", ref="", image="", folder="demo"
)


class Parts:
    """What trees are made by, without a node around it."""

    def __init__(self, root: Path, *, limited: bool = False, trees: type[Trees] = Trees) -> None:
        layout = Layout(PurePosixPath(root), PurePosixPath(root / "cache"), PurePosixPath(root))
        disks = Disks(Path(layout.disks), Path(layout.content))
        self.content = Path(layout.content)
        self.trees = trees(self.content, disks)
        self.trees.open(limited=limited)
        networks = Networks(Path(layout.run), layout.tag, (), HOSTS)
        self.site = Site(layout, networks, self.trees, Roots(Path(layout.roots)))
        self.pressure = Pressure([self.content], Floor(0, 0), time.time, root / "room.json")
        self.hub, self.tasks = Hub(), Tasks()
        self.snapshots = Snapshots(self.site, self.pressure, self.hub, self.tasks)
        self.contents = Contents(
            self.site, None, self.snapshots, self.pressure, self.hub, self.tasks
        )


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


async def test_a_restore_that_is_cancelled_leaves_no_half_of_a_tree(parts: Parts) -> None:
    begun = asyncio.Event()

    async def fill(_repository: Repository, _point: str, filled: Path, _told: object) -> None:
        (filled / "half").write_text("half")
        begun.set()
        await asyncio.Event().wait()

    order = RestoreOrder(INSTANCE, "w1", Repository(INSTANCE.workspace, "00" * 32), "p1")
    await parts.contents.restore(order, fill)
    await begun.wait()
    assert list(parts.content.glob(".restoring-*/filled/half"))
    await parts.contents.cancel(INSTANCE.workspace)
    assert not list(parts.content.glob(".restoring-*"))


async def test_a_prepare_that_breaks_in_an_unknown_way_is_told(parts: Parts) -> None:
    async def older_gone(_instance: InstanceId) -> None:
        raise RuntimeError("nobody thought of this")

    await parts.contents.prepare(ORDER, older_gone)
    await until(lambda: parts.contents.status(INSTANCE.workspace).state is State.FAILED)
    failed = parts.contents.status(INSTANCE.workspace)
    assert failed.fault.code == "content_failed"
    assert "nobody thought of this" in failed.fault.detail


async def test_a_restore_that_breaks_in_an_unknown_way_is_told_and_can_be_tried_again(
    parts: Parts,
) -> None:
    async def fill(_repository: Repository, _point: str, filled: Path, _told: object) -> None:
        (filled / "half").write_text("half")
        raise RuntimeError("nobody thought of this")

    order = RestoreOrder(INSTANCE, "w1", Repository(INSTANCE.workspace, "00" * 32), "p1")
    for _time in range(2):
        begun = await parts.contents.restore(order, fill)
        assert begun.state is State.WORKING
        await until(lambda: parts.contents.status(INSTANCE.workspace).state is State.FAILED)
        failed = parts.contents.status(INSTANCE.workspace)
        assert failed.fault.code == "restore_failed"
        assert "nobody thought of this" in failed.fault.detail
        assert not list(parts.content.glob(".restoring-*"))


async def test_what_the_system_refuses_of_a_thawed_tree_is_a_fault_and_leaves_nothing(
    parts: Parts,
) -> None:
    parts.snapshots.driver = Driver.OVERLAY
    parts.trees.frozen.begin("s1")
    kept = Frozen(snapshot="s1", folder="demo", revision="a" * 40, branch="main")
    parts.trees.frozen.finish(kept)

    Path(parts.site.layout.ranges).mkdir(parents=True)  # where a file of reservations would be

    async def rest(*_words: object) -> Fault:
        raise AssertionError("it has no network, and comes to nothing before")

    made = await parts.snapshots.thaw(ORDER, "s1", rest)
    assert isinstance(made, Fault)
    assert made.code == "freeze_failed"
    assert not (parts.content / INSTANCE.workspace).exists()
