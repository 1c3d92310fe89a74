"""Files that were lost come back: out of a restore point, in place, and after a deletion."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from app.settings import from_environ
from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.patience import until

PRECIOUS = "workspace/demo/precious ü.txt"


def backup(installation: Installation, workspace: str) -> dict[str, Any]:
    view = installation.podium_json("workspace", "points", "list", workspace)["backup"]
    assert isinstance(view, dict)
    return view


@pytest.fixture(params=["on", "off"], ids=["disks", "folders"])
def keeping(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """An installation that makes restore points as by default: the path's own makes none.

    Workspaces of the rest of the path have disks of their own; here they are folders as well.
    """
    made = fresh_installation()
    made.disk_limits = request.param
    made.backup_every = from_environ({}).backup_every
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


def test_what_was_lost_comes_back(keeping: Installation, tmp_path: Path) -> None:
    installation, repository = keeping, make_repository(keeping.repositories, "demo")
    made = installation.podium_json(
        "workspace", "create", repository, "--trust", "--ide", "terminal", "--wait"
    )
    workspace = str(made["id"])

    def read() -> str:
        with installation.files(workspace) as files:
            return (files / PRECIOUS).read_text()

    (installation.content(workspace) / PRECIOUS).write_text("all of it\n")
    installation.podium("workspace", "stop", workspace, "--wait")
    until(lambda: backup(installation, workspace)["safe"], timeout=120)
    (point,) = installation.podium_json("workspace", "points", "list", workspace)["points"]
    assert (point["reason"], point["state"]) == ("stop", "done")
    assert point["files"] > 0

    with installation.files(workspace) as files:
        (files / PRECIOUS).unlink()
    installation.podium("workspace", "points", "restore", workspace, "latest")
    until(lambda: not backup(installation, workspace)["restoring"], timeout=120)
    assert read() == "all of it\n"

    file, everything = tmp_path / "file", tmp_path / "everything.tar"
    into = ("-o", str(file))
    installation.podium("workspace", "points", "download", workspace, "latest", PRECIOUS, *into)
    assert file.read_text() == "all of it\n"
    packed = tmp_path / "everything.tar.zst"
    into = ("-o", str(packed))
    installation.podium("workspace", "points", "download", workspace, "latest", *into)
    with packed.open("rb") as source, everything.open("wb") as target:
        zstandard.ZstdDecompressor().copy_stream(source, target)
    listed = subprocess.run(
        ["tar", "--quoting-style=literal", "-tf", everything], check=True, capture_output=True
    )
    names = listed.stdout.decode().splitlines()
    assert PRECIOUS in [name.removeprefix("./") for name in names]
    assert not [name for name in names if name.startswith("/") or ".." in name.split("/")]

    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
    until(lambda: not installation.holds(workspace), timeout=60)
    deleted = installation.podium_json("workspace", "deleted")["workspaces"]
    assert workspace in [one["id"] for one in deleted]
    installation.podium("workspace", "undelete", workspace)
    until(lambda: not backup(installation, workspace)["restoring"], timeout=120)
    assert read() == "all of it\n"
    again = installation.podium_json("workspace", "start", workspace, "--wait")
    assert again["phase"] == "running"
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
