"""The platform's control group."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from cli.launcher.weight import WEIGHT, Group
from tests.waiting import until

ENTER = """
import sys
from cli.launcher.weight import Group
Group(sys.argv[1]).enter()
print("in", flush=True)
input()
"""


@pytest.fixture
def group():
    one = Group(secrets.token_hex(3))
    assert one.make() == ""
    yield one
    one.remove()
    assert not one.folder.exists()


def test_it_has_more_weight_than_others(group):
    found = next(group.folder.glob("cpu.shares"), None) or group.folder / "cpu.weight"
    usual = 1024 if found.name == "cpu.shares" else 100
    assert int(found.read_text()) == WEIGHT * usual
    assert group.make() == ""  # what is there stays


def test_a_process_enters_it_and_a_full_one_stays(group):
    enter = [sys.executable, "-c", ENTER, group.folder.name.split("_")[1]]
    with subprocess.Popen(enter, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as inside:
        assert inside.stdout.readline() == b"in\n"
        assert group.folder.name in Path(f"/proc/{inside.pid}/cgroup").read_text()
        group.remove()
        assert group.folder.exists()
        inside.communicate(b"\n")
    until(lambda: not (group.folder / "cgroup.procs").read_text())


def test_a_machine_without_groups_says_why_and_changes_nothing(tmp_path):
    nowhere = Group("1a2b3c", tmp_path / "missing")
    assert "No such file" in nowhere.make()
    before = Path(f"/proc/{os.getpid()}/cgroup").read_text()
    nowhere.enter()
    nowhere.remove()
    assert Path(f"/proc/{os.getpid()}/cgroup").read_text() == before


def test_version_two_has_weights_in_one_tree(tmp_path):
    (tmp_path / "cgroup.controllers").write_text("cpu memory")
    (tmp_path / "cgroup.subtree_control").touch()
    one = Group("1a2b3c", tmp_path)
    assert one.make() == ""
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpu"
    assert (one.folder / "cpu.weight").read_text() == "800"
