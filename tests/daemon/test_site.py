"""Paths of an installation, and what is left of an instance."""

import json
from pathlib import Path, PurePosixPath

import pytest

from daemon.containers import Containers
from daemon.core.kernellog import Kill
from daemon.core.record import InstanceRecord
from daemon.host.disks import Disks
from daemon.host.networks import Networks
from daemon.host.roots import Roots
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.site import Site
from kit.tasks import Tasks
from wire.hosts import Hosts
from wire.ids import InstanceId
from wire.layout import Layout

HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
INSTANCE = InstanceId("amber-otter-4k2hw9xz1q", 3)


@pytest.fixture
def site(tmp_path) -> Site:
    layout = Layout(
        PurePosixPath(tmp_path), PurePosixPath(tmp_path / "cache"), PurePosixPath(tmp_path)
    )
    for path in (layout.run, layout.instances_run, layout.instances_home):
        Path(path).mkdir(parents=True, exist_ok=True)
    networks = Networks(Path(layout.run), layout.tag, (), HOSTS)
    return Site(
        layout,
        networks,
        Trees(Path(layout.content), Disks(Path(layout.disks), Path(layout.content))),
        Roots(Path(layout.roots)),
    )


def test_everything_carries_the_instance_and_the_tag(site):
    places = site.places(INSTANCE)
    assert places.run.name == places.layer.name == str(INSTANCE)
    assert places.log.parts[-3:] == ("workspaces", INSTANCE.workspace, "3.log")
    assert site.cgroup(str(INSTANCE)) == f"/podium_{site.layout.tag}/{INSTANCE}"


def test_state_files_are_found_again(site):
    record = InstanceRecord(instance=str(INSTANCE), slot=4, boot="b", pid=17, started=99)
    site.keep(record)
    (Path(site.layout.instances_run) / "trial").mkdir()
    assert site.records() == [record]
    assert site.has_leftovers(str(INSTANCE))
    assert not site.has_leftovers(f"{INSTANCE.workspace}.4")


@pytest.mark.parametrize("text", ["", "{", '{"instance": 1}', "[]"])
def test_a_damaged_state_file_counts_as_half_made(site, text):
    folder = Path(site.layout.instances_run) / str(INSTANCE)
    folder.mkdir()
    (folder / "state.json").write_text(text)
    found = site.records()[0]
    assert (found.instance, found.pid, found.boot) == (str(INSTANCE), 0, "")


def test_without_a_runtime_nothing_starts(site):
    assert site.missing(None).code == "no_runtime"


def test_a_workspace_is_told_what_was_killed_in_it_once(site):
    group = site.cgroup(str(INSTANCE))
    site.killed(Kill(1, group, "early"))  # nothing of it is here: an instance of long ago
    machine = site.places(INSTANCE).run / "machine"
    machine.mkdir(parents=True)
    for number in (3, 3, 2, 5):
        site.killed(Kill(number, f"{group}/below", f"p{number}"))
    site.killed(Kill(6, "/elsewhere", "x"))
    told = json.loads((machine / "killed").read_text())
    assert told == [{"number": 3, "name": "p3"}, {"number": 5, "name": "p5"}]
    assert (machine / "killed").stat().st_mode & 0o777 == 0o644
    for number in range(10, 60):
        site.killed(Kill(number, group, "p"))
    assert len(json.loads((machine / "killed").read_text())) == 20


def test_an_image_that_a_build_begins_with_is_used_like_the_one_it_runs_from(site):
    record = InstanceRecord(instance=str(INSTANCE), slot=4, boot="b", image="a", base="c")
    site.keep(record)
    assert {"a", "c"} <= Containers(site, Hub(), Tasks()).images()


def test_a_workspace_is_told_what_of_its_disk_the_node_has_no_room_for(site):
    site.keep(InstanceRecord(instance=str(INSTANCE), slot=4, boot="b"))
    machine = site.places(INSTANCE).run / "machine"
    machine.mkdir(parents=True)
    for held in (5 << 30, 0):
        site.held_back({INSTANCE.workspace: held, ".restoring-x": 7})
        assert (machine / "held").read_text() == str(held)
