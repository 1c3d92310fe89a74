"""A first tree of several parts through a real daemon: all of them, or nothing."""

import subprocess
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

import grpc
import pytest

from tests.daemon.caller import inside
from tests.daemon.filehost import CONTENT, files_host
from tests.daemon.test_snapshots import frozen
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
DIGEST = f"sha256:{sha256(CONTENT).hexdigest()}"
PERSON = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


@pytest.fixture
def trees(caller):
    return Path(caller.host.layout.content)


@pytest.fixture
def other():
    return workspace_id_from(token_bytes(16))


@pytest.fixture
def unreachable():
    """A file that no workspace reaches: its network keeps this machine's addresses away."""
    with files_host() as server:
        url = f"http://127.0.0.1:{server.server_port}/a"
        yield [pb.Download(url=url, path="a", digest=DIGEST)]


def commit(host, name, text):
    folder = host.repositories / "demo"
    (folder / name).write_text(text)
    git = ["git", *PERSON, "-C", str(folder)]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", name], check=True)
    told = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def prebuilt(caller, workspace, url, trees):
    """A tree as a prebuild leaves it, frozen; returns the commit it was made at."""
    made = caller.prepared(f"{workspace}.1", url)
    tree = trees / workspace / "workspace"
    for command in (["checkout", "-qf", "main"], ["config", "core.fsmonitor", "touch /tmp/ran"]):
        subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(tree / "demo"), *command], check=True
        )
    subprocess.run(["chown", "-R", "33333:33333", str(tree / "demo")], check=True)
    (tree / "demo" / "built").write_text("by the prebuild")
    for name in ("checked-out", "init-1"):
        (tree / ".podium" / name).write_text("")
    assert frozen(caller, f"{workspace}.1", "p1").state == pb.FROZEN_DONE
    return made.revision


def test_a_prebuild_is_brought_to_what_the_repository_is_now(caller, url, workspace, other, trees):
    first = prebuilt(caller, workspace, url, trees)
    again = caller.prepared(f"{other}.1", url, prebuild="p1")
    assert (again.state, again.revision, again.branch) == (pb.CONTENT_READY, first, "main")
    caller.started(f"{other}.1")
    script = "ls /workspace/.podium; cat /workspace/demo/built; ls -a /workspace"
    said = inside(caller.host, f"{other}.1", script, user=33333)
    assert said.returncode == 0, said
    assert {"checked-out", "init-1"} <= set(said.stdout.split())
    assert ".podium-clone" not in said.stdout

    newer = commit(caller.host, "later", "later")
    third = workspace_id_from(token_bytes(16))
    moved = caller.prepared(f"{third}.1", url, prebuild="p1")
    assert (moved.state, moved.revision) == (pb.CONTENT_READY, newer), caller.host.log
    assert "prebuild_unused" not in caller.host.log
    caller.started(f"{third}.1")
    script = f"""
        set -e
        cd /workspace/demo
        ls ../.podium
        git rev-parse HEAD origin/main
        git -c core.hooksPath=/dev/null -c core.fsmonitor=false checkout -qf -B main {newer} --
        cat later built
    """
    said = inside(caller.host, f"{third}.1", script, user=33333)
    assert said.returncode == 0, said
    assert said.stdout.split() == [first, newer, "laterby", "the", "prebuild"]
    for one in (other, third):
        caller.deleted(f"{one}.1", grace=0)


def test_without_the_prebuild_the_repository_is_cloned(caller, url, workspace, trees):
    made = caller.prepared(f"{workspace}.1", url, prebuild="nowhere")
    assert made.state == pb.CONTENT_READY
    assert (trees / workspace / "workspace" / "demo" / ".git").is_dir()
    assert "prebuild_unused" in caller.host.log


def test_a_prebuild_that_is_of_no_use_is_cloned_instead(caller, url, workspace, other, trees):
    caller.prepared(f"{workspace}.1", url)
    (trees / workspace / "workspace" / "demo" / ".git" / "HEAD").unlink()
    assert frozen(caller, f"{workspace}.1", "p2").state == pb.FROZEN_DONE
    made = caller.prepared(f"{other}.1", url, prebuild="p2")
    assert made.state == pb.CONTENT_READY, made
    assert (trees / other / "workspace" / "demo" / ".git" / "HEAD").exists()


def test_a_part_that_fails_leaves_nothing_of_those_before(
    caller, url, workspace, other, trees, unreachable
):
    prebuilt(caller, workspace, url, trees)
    bases = ({}, {"snapshot": "p1"}, {"prebuild": "p1"})
    for n, base in enumerate(bases, 1):
        failed = caller.prepared(f"{other}.{n}", url, downloads=unreachable, **base)
        assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "download_failed"), failed
        assert not (trees / other).exists()
    missing = caller.prepared(f"{other}.4", f"{url}-nowhere", prebuild="p1")
    assert missing.fault.code == "repository_missing"
    assert not (trees / other).exists()


def test_who_asks_for_two_bases_is_refused(caller, url, workspace):
    with pytest.raises(grpc.RpcError):
        caller.prepare(f"{workspace}.1", url, snapshot="s1", prebuild="p1")
