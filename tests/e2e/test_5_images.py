"""Images: the one that .gitpod.yml names, by Gitpod's names, as soon as it is there."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

FILE = """\
image: gitpod/workspace-full:latest
tasks:
  - command: |
      env >/workspace/variables
      echo "$PODIUM_IMAGE $(cat /etc/stand-in) $(id -un) $(node -p 40+2)" >/workspace/image
"""
VARIABLES = {
    *(
        f"{maker}_{name}"
        for maker in ("GITPOD", "PODIUM")
        for name in (
            "HOST",
            "INSTANCE_ID",
            "OWNER_ID",
            "REPO_ROOT",
            "REPO_ROOTS",
            "WORKSPACE_CLASS",
            "WORKSPACE_CONTEXT_URL",
            "WORKSPACE_ID",
            "WORKSPACE_URL",
        )
    ),
    "GITPOD_CPU_COUNT",
    "GITPOD_GIT_USER_EMAIL",
    "GITPOD_GIT_USER_NAME",
    "GITPOD_IDE_ALIAS",
    "GITPOD_MEMORY",
    "GITPOD_THEIA_PORT",
    "GITPOD_WORKSPACE_CLUSTER_HOST",
    "PODIUM_IMAGE",
    "PODIUM_SSH",
    "THEIA_SUPERVISOR_ENDPOINT",
    "THEIA_WORKSPACE_ROOT",
}
"""As docs/gitpod-compat.md lists them."""


@pytest.fixture
def full(installation: Installation) -> Iterator[str]:
    """A stand-in for the image `full`: the default one's files, and one more."""
    layout, digest = installation.layout, f"e2e-{os.getpid()}"
    default = json.loads(Path(layout.artefacts).read_text())["image"]
    root = Path(layout.image_root(digest))
    root.parent.mkdir(mode=0o755)
    subprocess.run(["cp", "-al", str(layout.image_root(default)), str(root)], check=True)
    (root / "etc" / "stand-in").write_text("stand-in\n")
    yield digest
    shutil.rmtree(root.parent)


def kept(installation: Installation, workspace: str, name: str) -> str:
    path = installation.content(workspace) / "workspace" / name
    until(lambda: path.exists() and path.read_text().endswith("\n"), timeout=60)
    return path.read_text()


def conditions(installation: Installation, workspace: str) -> dict[str, str]:
    return installation.podium_json("workspace", "show", workspace)["instance"]["conditions"]


def test_an_image_is_used_as_soon_as_it_is_built(installation: Installation, full: str) -> None:
    pointer = Path(installation.layout.artefacts)
    record = {name: one for name, one in json.loads(pointer.read_text()).items() if name != "full"}
    pointer.write_text(json.dumps(record))
    url = make_repository(installation.repositories, "imaged", {".gitpod.yml": FILE})
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    try:
        assert kept(installation, made, "image") == "default  gitpod 42\n"
        told = conditions(installation, made)["image_pending"]
        assert told.startswith("gitpod/workspace-full:latest is the image `full` here")
        lines = kept(installation, made, "variables").splitlines()
        names = {line.partition("=")[0] for line in lines}
        assert {one for one in names if one.startswith(("GITPOD_", "PODIUM_", "THEIA_"))} == (
            VARIABLES
        )
        assert {"DOCKER_HOST=unix:///run/user/33333/podman/podman.sock"} < set(lines)

        pointer.write_text(json.dumps({**record, "full": full}))
        assert installation.podium("workspace", "stop", made, "--wait").returncode == 0
        with installation.files(made) as files:
            (files / "workspace" / "image").unlink()
        assert installation.podium("workspace", "start", made, "--wait").returncode == 0
        assert kept(installation, made, "image") == "full stand-in gitpod 42\n"
        assert "image_pending" not in conditions(installation, made)
    finally:
        pointer.write_text(json.dumps(record))
        installation.podium("workspace", "delete", made, "--yes", "--wait")
