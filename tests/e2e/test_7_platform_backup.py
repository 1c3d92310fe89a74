"""The disk is lost: out of one file and the restore points, people have their workspaces again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

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


def test_an_empty_data_folder_becomes_the_platform_again(keeping: Installation) -> None:
    installation = keeping
    repository = make_repository(installation.repositories, "demo")
    made = installation.podium_json(
        "workspace", "create", repository, "--trust", "--ide", "terminal", "--wait"
    )
    workspace = str(made["id"])
    inside = Path("workspace", "demo", "precious.txt")
    (installation.content(workspace) / inside).write_text("all of it\n")
    installation.podium("workspace", "stop", workspace, "--wait")
    until(lambda: backup(installation, workspace)["safe"], timeout=120)
    keys = sorted(one.name for one in Path(installation.layout.ssh_home).iterdir())
    token = ask(installation.layout, "POST", "/internal/tokens", {"name": "laptop"})["token"]

    file = installation.folder / "podium.tar.zst"
    saved = installation.podium("backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert installation.make("down").returncode == 0

    lost = installation.folder / "lost"
    installation.home.rename(lost)
    installation.home.mkdir()
    (lost / "backups").rename(installation.home / "backups")
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
    assert not installation.holds(workspace)
    installation.podium("workspace", "points", "restore", workspace, "latest")
    until(lambda: not backup(installation, workspace)["restoring"], timeout=120)
    with installation.files(workspace) as files:
        assert (files / inside).read_text() == "all of it\n"
    again = installation.podium_json("workspace", "start", workspace, "--wait")
    assert again["phase"] == "running"
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
