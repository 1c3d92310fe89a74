"""Starts and stops that break in ways nobody thought of: they are told, or tried again."""

from pathlib import Path

import pytest

from daemon.containers import Containers
from daemon.core.classes import DISK, Limits
from daemon.core.container import State
from daemon.core.network import Slot
from daemon.core.orders import ApplyOrder
from daemon.core.record import InstanceRecord
from daemon.host.networks import Networks
from daemon.host.runtimes import OciRuntime
from daemon.site import Site
from tests.daemon.test_contents_ends import HOSTS, INSTANCE, Parts
from tests.waiting import until

pytestmark = pytest.mark.root
ORDER = ApplyOrder(
    instance=INSTANCE,
    image="image",
    supervisor="supervisor",
    ide="ide",
    limits=Limits(memory=1 << 30, cpus=1.0, pids=100, disk=DISK),
    token="token",
)


class Broken(Networks):
    """Fails as nobody expects, so many times."""

    fails = 1

    async def ensure(self, instance: str, slot: Slot) -> None:
        raise RuntimeError("nobody thought of this")

    async def remove(self, instance: str, slot: Slot) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("nobody thought of this")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Parts(tmp_path).site
    layout = made.layout
    for folder in (
        layout.image_root("image"),
        layout.supervisor_bundle("supervisor"),
        layout.ide_tree("ide"),
        layout.instances_run,
        layout.instances_home,
    ):
        Path(folder).mkdir(parents=True)
    made.networks = Broken(Path(layout.run), layout.tag, (), HOSTS)
    made.runtime = OciRuntime("crun", "/nowhere", "1", tmp_path / "runtime", ())
    return made


@pytest.fixture
def containers(site: Site, tmp_path: Path) -> Containers:
    parts = Parts(tmp_path)
    return Containers(site, parts.hub, parts.tasks)


def state_of(containers: Containers) -> State | None:
    return next((one.state for one in containers.statuses()), None)


async def test_a_start_that_breaks_in_an_unknown_way_is_told(containers: Containers) -> None:
    assert containers.apply(ORDER).state is State.STARTING
    await until(lambda: state_of(containers) is State.FAILED)
    (failed,) = containers.statuses()
    assert failed.fault.code == "start_failed"
    assert "nobody thought of this" in failed.fault.detail


async def test_a_stop_that_breaks_in_an_unknown_way_is_tried_again(
    containers: Containers, site: Site
) -> None:
    (Path(site.layout.instances_run) / str(INSTANCE)).mkdir()
    assert containers.delete(INSTANCE, 0).state is State.STOPPING
    await until(lambda: state_of(containers) is None)
    assert not (Path(site.layout.instances_run) / str(INSTANCE)).exists()


async def test_a_death_that_cannot_be_written_down_is_told(
    containers: Containers, site: Site
) -> None:
    Path(site.layout.instances_run).rmdir()
    Path(site.layout.instances_run).touch()
    containers.adopt([InstanceRecord(instance=str(INSTANCE), slot=0, boot="earlier", pid=7)])
    (dead,) = containers.statuses()
    assert not dead.state.alive
    assert dead.fault.detail == "the machine was restarted"
