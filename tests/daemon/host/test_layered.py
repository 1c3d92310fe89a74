"""What is seen of a tree that stands on another; standing itself is the trial's and the node's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.root
CHECKOUT = Path(__file__).resolve().parents[3]
SHOW = """
import json, os, sys
from daemon.host import layered, syscalls
plan = json.loads(sys.argv[1])
syscalls.unshare(syscalls.CLONE_NEWNS)
syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
if plan["writes"]:
    layered.work_in(plan["source"], plan["target"], 0)
else:
    layered.show(plan["source"], plan["target"], syscalls.MOUNT_ATTR_RDONLY)
found = {}
for folder, _folders, names in os.walk(plan["target"]):
    for name in names:
        path = os.path.join(folder, name)
        found[os.path.relpath(path, plan["target"])] = open(path).read()
beside = sorted(os.listdir(os.path.dirname(plan["target"])))
try:
    open(plan["target"] + "/new", "w")
    written = True
except OSError:
    written = False
print(json.dumps([found, beside, written]))
"""


def shown(source, target, *, writes=False):
    target.mkdir()
    plan = json.dumps({"source": source, "target": str(target), "writes": writes})
    done = subprocess.run(
        [sys.executable, "-c", SHOW, plan], cwd=CHECKOUT, check=True, capture_output=True
    )
    return json.loads(done.stdout)


def test_layers_are_one_tree_and_the_engines_folder_is_plain(tmp_path):
    lower, layers = tmp_path / "lower", tmp_path / "layers"
    engine = layers / "upper" / ".docker-root"
    for one in (lower, engine, layers / "work"):
        one.mkdir(parents=True)
    (lower / "old").write_text("old")
    (lower / "both").write_text("below")
    (layers / "upper" / "both").write_text("above")
    (engine / "layer").write_text("of a container")
    (tmp_path / "mounts").mkdir()
    source = {"lower": str(lower), "layers": str(layers)}
    found, beside, written = shown(source, tmp_path / "mounts" / "tree")
    assert found == {"old": "old", "both": "above", ".docker-root/layer": "of a container"}
    assert beside == ["tree"]
    assert not written


def test_an_engines_folder_that_is_a_link_leads_nowhere(tmp_path):
    lower, upper = tmp_path / "lower", tmp_path / "layers" / "upper"
    for one in (lower, upper, tmp_path / "layers" / "work", tmp_path / "secret"):
        one.mkdir(parents=True)
    (tmp_path / "secret" / "file").write_text("of the host")
    (upper / ".docker-root").symlink_to(tmp_path / "secret")
    source = {"lower": str(lower), "layers": str(tmp_path / "layers")}
    found, _beside, _written = shown(source, tmp_path / "tree")
    assert found == {}


def test_a_plain_tree_is_shown_as_it_is(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "file").write_text("x")
    assert shown(str(tmp_path / "plain"), tmp_path / "tree")[0] == {"file": "x"}


FILL = """
import os, sys
from pathlib import Path
from daemon.host import layered, loops, syscalls
from daemon.host.layered_child import _FIRST, _namespace
image, disk, lower, stage = map(Path, sys.argv[1:])
syscalls.unshare(syscalls.CLONE_NEWNS)
syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
with loops.device_of(image) as device:
    syscalls.mount(device, str(disk), "ext4", 0, "")
for name in ("upper", "work"):
    (disk / "layers" / name).mkdir(parents=True)
    os.chown(disk / "layers" / name, 33333, 33333)
syscalls.remount(str(disk), 0, f"resuid={_FIRST + 33333}")
source = {"lower": str(lower), "layers": str(disk / "layers")}
layered.stand(source, str(stage), "tree", _namespace(), _FIRST)
syscalls.remount(str(disk), 0, f"resuid={_FIRST}")
child = os.fork()
if child == 0:
    os.chdir(stage / "tree")
    syscalls.drop_privileges(_FIRST + 33333, _FIRST + 33333)
    try:
        with open("file", "wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
    finally:
        os._exit(0)
os.waitpid(child, 0)
state = os.statvfs(disk)
print(state.f_bfree * state.f_frsize, (disk / "layers" / "upper" / "file").stat().st_size)
"""


def test_what_is_kept_free_on_a_disk_is_not_for_those_who_write(tmp_path):
    image, folders = tmp_path / "image", [tmp_path / name for name in ("disk", "lower", "stage")]
    for one in folders:
        one.mkdir()
    image.touch()
    os.truncate(image, 8 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "20", str(image)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(image), *map(str, folders)],
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    free, written = map(int, done.stdout.split())
    assert written > 1 << 20
    assert free > 1 << 20


def test_who_fills_a_new_tree_writes_into_its_own_layer_alone(tmp_path):
    lower, layers = tmp_path / "lower", tmp_path / "layers"
    for one in (lower / "folder", layers / "upper", layers / "work"):
        one.mkdir(parents=True)
    for one in (lower, layers / "upper", layers / "work"):
        os.chown(one, 33333, 33333)
    (tmp_path / "mounts").mkdir()
    source = {"lower": str(lower), "layers": str(layers)}
    _found, beside, written = shown(source, tmp_path / "mounts" / "tree", writes=True)
    assert (beside, written) == (["tree"], True)
    assert [one.name for one in (layers / "upper").iterdir()] == ["new"]
    assert [one.name for one in lower.iterdir()] == ["folder"]
    assert {one.stat().st_uid for one in (layers / "work").iterdir()} == {33333}
