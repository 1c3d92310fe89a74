"""The disk is lost: out of one file and the restore points, people have their workspaces again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.launcher.internal import ask
from tests.e2e.installation import CHECKOUT, Installation, fresh_installation, make_repository
from tests.e2e.patience import until
from tests.e2e.test_5_restore_points import backup


@pytest.fixture
def keeping() -> Iterator[Installation]:
    """An installation that may lose its data folder."""
    made = fresh_installation()
    made.backup_every = "5m"
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


def stopped(installation: Installation, *workspaces: str) -> None:
    """Stop them, and wait until restore points have their files."""
    for one in workspaces:
        installation.podium("workspace", "stop", one)
    for one in workspaces:
        until(lambda one=one: backup(installation, one)["safe"], timeout=120)


def brought_back(installation: Installation, *workspaces: str) -> None:
    """Restore what is lost of them."""
    for one in workspaces:
        assert not installation.holds(one)
        installation.podium("workspace", "points", "restore", one, "latest")
    for one in workspaces:
        until(lambda one=one: not backup(installation, one)["restoring"], timeout=120)


def running(installation: Installation, *workspaces: str) -> None:
    """Start them, all at a time."""
    for one in workspaces:
        installation.podium("workspace", "start", one)
    for one in workspaces:
        again = installation.podium_json("workspace", "start", one, "--wait")
        assert again["phase"] == "running"


def told(installation: Installation, snapshot: str) -> dict[str, Any]:
    """Return what is said of a snapshot."""
    listed = installation.podium_json("snapshot", "list")["snapshots"]
    return next(one for one in listed if one["id"] == snapshot)


def frozen(installation: Installation, workspace: str, name: str) -> str:
    """Make a snapshot; returns its id."""
    made = installation.podium_json("snapshot", "create", workspace, "--name", name)
    until(lambda: told(installation, made["id"])["state"] == "done", timeout=120)
    return str(made["id"])


def opened(installation: Installation, snapshot: str) -> str:
    """Make a workspace that begins as a snapshot; returns its id."""
    return str(installation.podium_json("snapshot", "open", snapshot)["id"])


def test_an_empty_data_folder_becomes_the_platform_again(keeping: Installation) -> None:
    installation = keeping
    repository = make_repository(installation.repositories, "demo")
    made = installation.podium_json(
        "workspace", "create", repository, "--trust", "--ide", "terminal", "--wait"
    )
    workspace = str(made["id"])
    inside = Path("workspace", "demo", "precious.txt")
    (installation.content(workspace) / inside).write_text("all of it\n")
    survives, goes = (frozen(installation, workspace, name) for name in ("survives", "goes"))
    other = opened(installation, goes)
    running(installation, other)  # it stands on the snapshot
    (installation.content(other) / "layers" / "upper" / "own.txt").write_text("its own\n")
    stopped(installation, workspace, other)
    keys = sorted(one.name for one in Path(installation.layout.ssh_home).iterdir())
    token = ask(installation.layout, "POST", "/internal/tokens", {"name": "laptop"})["token"]

    file = installation.folder / "podium.tar.zst"
    saved = installation.podium("backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert installation.make("down").returncode == 0

    lost = installation.folder / "lost"
    installation.home.rename(lost)
    installation.home.mkdir()
    for path in (Path("backups"), Path("content", ".frozen", survives)):
        (installation.home / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (lost / path).rename(installation.home / path)
    shutil.rmtree(lost)
    done = subprocess.run(
        ["make", "--no-print-directory", "restore", f"FILE={file}"],
        cwd=CHECKOUT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "come back from restore points" in done.stdout
    up = installation.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert sorted(one.name for one in Path(installation.layout.ssh_home).iterdir()) == keys

    # who was somebody before is somebody now
    listed = subprocess.run(
        [str(installation.home / "bin" / "podium"), "workspace", "show", workspace, "--json"],
        env={**os.environ, "PODIUM_URL": installation.dashboard, "PODIUM_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert listed.returncode == 0, listed.stderr
    brought_back(installation, workspace, other)
    with installation.files(workspace) as files:
        assert (files / inside).read_text() == "all of it\n"
    with installation.files(other) as files:  # whole by itself now
        assert (files / inside).read_text() == "all of it\n"
        assert (files / "workspace" / "own.txt").read_text() == "its own\n"

    until(lambda: told(installation, goes)["problem"], timeout=120)
    assert told(installation, goes)["problem"]["code"] == "snapshot_missing"
    refused = installation.podium("snapshot", "open", goes)
    assert refused.returncode != 0
    assert "The snapshot is not on this machine" in refused.stderr
    assert told(installation, survives)["problem"] is None
    new = opened(installation, survives)
    running(installation, workspace, other, new)
    kept = Path(installation.layout.content, ".frozen", survives, "tree")
    assert (kept / inside.relative_to("workspace")).read_text() == "all of it\n"
    assert not (installation.content(new) / "workspace").exists()  # it stands on that
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
