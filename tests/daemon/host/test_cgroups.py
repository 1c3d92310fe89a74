import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.host import cgroups
from tests.daemon.caller import eventually

pytestmark = pytest.mark.root
GROUP = f"/podium_test{os.getpid()}"
WAIT = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def group():
    roots = [folder.parent for folder in cgroups.folders("/") if folder.is_dir()]
    controllers = ["memory", "pids"] if not cgroups.is_pure_v2() else ["."]
    made = [f"/sys/fs/cgroup/{one}{GROUP}" for one in controllers]
    assert roots
    for folder in made:
        Path(folder, "inner").mkdir(parents=True)
    yield made
    cgroups.kill(GROUP)
    eventually(lambda: cgroups.remove(GROUP))


def test_all_three_limits_hold_here():
    assert cgroups.controllers() == dict.fromkeys(("cpu", "memory", "pids"), "enforced")


def test_what_the_kernel_knows_of_weights_at_the_disk_is_told(tmp_path):
    assert cgroups.io_told()  # of this machine, whatever it can
    blocks, root = tmp_path / "block", tmp_path / "cgroup"
    (blocks / "vda" / "queue").mkdir(parents=True)
    (blocks / "vda" / "queue" / "scheduler").write_text("none [bfq]\n")
    root.mkdir()
    assert "version 1" in cgroups.io_told(root, blocks)
    (root / "cgroup.controllers").write_text("cpu io memory\n")
    assert cgroups.io_told(root, blocks) == "enforced"


def test_what_crun_must_not_see():
    for path in cgroups.hidden_for_crun():
        assert path == "/sys/fs/cgroup/unified"
        assert not cgroups.is_pure_v2()


def test_a_group_is_found_by_its_path(group):
    assert sorted(str(one) for one in cgroups.folders(GROUP)) == sorted(group)
    assert cgroups.children(GROUP) == {"inner"}
    assert cgroups.folders("/podium_nowhere") == []
    assert cgroups.children("/podium_nowhere") == set()


@pytest.fixture
def member(group):
    """Start a process in the group; it is reaped after the test only."""
    with subprocess.Popen(WAIT) as child:
        for folder in group:
            Path(folder, "inner", "cgroup.procs").write_text(str(child.pid))
        yield child
        child.kill()


async def test_everybody_in_a_group_is_killed(member):
    assert cgroups.processes(GROUP) == {member.pid}
    assert not cgroups.remove(GROUP)
    assert not cgroups.kill(GROUP)
    assert member.wait(60) == -signal.SIGKILL
    await cgroups.end(GROUP)
    assert cgroups.kill(GROUP)
    assert cgroups.remove(GROUP)
    assert cgroups.remove(GROUP)


def test_no_hunger_without_a_group(group):
    assert not cgroups.out_of_memory(GROUP)
    assert not cgroups.out_of_memory("/podium_nowhere")
