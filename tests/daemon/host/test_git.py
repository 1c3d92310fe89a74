"""git at work: who it is, what it sees, and what it leaves."""

import os
import subprocess
from pathlib import Path

import pytest

from daemon.core.faults import Fault
from daemon.host.git import Cloner
from tests.daemon.caller import Caller, eventually
from wire.proto import node_pb2 as pb


@pytest.fixture
def cloner(tmp_path) -> Cloner:
    (tmp_path / "allowed" / "repo").mkdir(parents=True)
    (tmp_path / "denied").mkdir()
    (tmp_path / "allowed" / "way-out").symlink_to(tmp_path / "denied")
    return Cloner(tmp_path / "box", ("https", "file"), (str(tmp_path / "allowed"),))


def test_local_repositories_only_below_the_allowed_folders(cloner, tmp_path):
    source, real = cloner.check(f"file://{tmp_path}/allowed/repo", "main")
    assert (source.ref, real) == ("main", str(tmp_path / "allowed" / "repo"))
    for path in ("denied", "allowed/way-out", "allowed/../denied", "allowed-too"):
        refused = cloner.check(f"file://{tmp_path}/{path}", "")
        assert isinstance(refused, Fault)
        assert refused.code == "url_refused"
    assert cloner.check(f"file://{tmp_path}/allowed/none", "").code == "repository_missing"


def test_remote_ones_have_no_local_path(cloner):
    _source, real = cloner.check("https://example.org/x", "")
    assert real == ""
    assert cloner.check("http://example.org/x", "").code == "protocol_refused"


@pytest.mark.root
def test_git_is_nobody_sees_nothing_and_has_no_network_for_a_local_repository(
    caller: Caller, host, workspace
):
    path = host.repositories / "large"
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    (path / "noise").write_bytes(os.urandom(64 << 20))
    git = ["git", "-C", str(path), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run([*git, "-c", "core.compression=0", "add", "-A"], check=True)
    subprocess.run([*git, "-c", "core.compression=0", "commit", "-q", "-m", "Noise"], check=True)
    caller.prepare(f"{workspace}.1", host.file_url("large"))
    seen = eventually(lambda: _look(host.file_url("large")))
    assert seen["interfaces"] == ["lo"]
    assert seen["Uid"] == seen["Gid"] == ["33333"] * 4
    assert seen["Groups"] == []
    assert seen["NoNewPrivs"] == ["1"]
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(seen[kind][0], 16) == 0
    assert seen["root"] <= {
        "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "source",
        "target", "tmp", "usr",
    }  # fmt: skip
    assert not any("PODIUM" in name for name in seen["environment"])
    assert "/nonexistent" in seen["environment"]["HOME"]
    done = caller.content(f"{workspace}.1", pb.CONTENT_READY, pb.CONTENT_FAILED)
    assert done.state == pb.CONTENT_READY, done.fault


def _look(url: str) -> dict | None:
    """Return what a git process that clones from there is and sees, once there is one."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("comm").read_text() != "git\n":
                continue
            if url not in process.joinpath("cmdline").read_text().split("\0"):
                continue
            status = process.joinpath("status").read_text()
            environment = process.joinpath("environ").read_bytes().decode().split("\0")
            found = dict(line.split(":", 1) for line in status.splitlines())
            seen = {name: value.split() for name, value in found.items()}
            links = process.joinpath("net", "dev").read_text().splitlines()[2:]
            seen["interfaces"] = [line.split(":")[0].strip() for line in links]
            seen["root"] = {one.name for one in (process / "root").iterdir()}
            seen["environment"] = dict(one.split("=", 1) for one in environment if "=" in one)
        except (OSError, ValueError):
            continue
        return seen
    return None
