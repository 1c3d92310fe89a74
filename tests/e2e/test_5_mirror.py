"""Workspaces of one repository on a git host: fetched once, whole, and honest about what fails."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.outside import start_outside
from tests.e2e.installation import Installation
from tests.e2e.patience import content_of, until
from tests.githost import GitHost

WAITS = "waiting for another fetch of this repository"


@pytest.fixture(scope="module")
def githost() -> Iterator[GitHost]:
    """A host that workspaces reach over the network, as they reach any."""
    outside = start_outside()
    folder = Path(tempfile.mkdtemp(prefix="githost-"))
    try:
        with GitHost(folder, netns=f"px{outside.number}", address=outside.address) as serving:
            serving.make()
            serving.add_submodule("demo", "lib", "../lib.git", serving.make("lib"))
            serving.add_large("demo", "a.bin", b"a large file")
            serving.push("demo")
            yield serving
    finally:
        outside.stop()
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def shown(installation: Installation, workspace: str) -> dict:
    return installation.podium_json("workspace", "show", workspace)


def detail(installation: Installation, workspace: str, step: str) -> str:
    steps = shown(installation, workspace)["instance"]["steps"]
    return next(one["detail"] for one in steps if one["step"] == step)


def running(installation: Installation, workspace: str) -> dict:
    until(lambda: shown(installation, workspace)["phase"] == "running", timeout=60)
    return shown(installation, workspace)


def test_two_starts_at_once_fetch_once_and_a_later_one_nothing(
    installation: Installation, githost: GitHost
) -> None:
    url = githost.url("demo", "held")
    first = installation.podium_json("workspace", "create", url, "--trust")["id"]
    until(lambda: "fetch demo" in githost.log(), timeout=30)
    second = installation.podium_json("workspace", "create", url, "--trust")["id"]
    until(lambda: detail(installation, second, "content") == WAITS, timeout=30)
    githost.release()
    for workspace in (first, second):
        running(installation, workspace)
    asked = [line for line in githost.log() if line.endswith(" demo")]
    assert asked.count("fetch demo") == 1

    githost.forget()
    third = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    assert [line for line in githost.log() if line.endswith(" demo")] == ["list demo"]
    files = installation.content(third) / "workspace" / "demo"
    until((files / "lib" / "README.md").exists, timeout=30)
    until(lambda: content_of(files / "a.bin") == b"a large file", timeout=30)
    until(lambda: not shown(installation, third)["instance"]["conditions"], timeout=30)
    git = ["git", "-c", "safe.directory=*", "-C", str(files)]
    subprocess.run([*git, "fsck", "--full"], check=True, capture_output=True)
    origin = subprocess.run(
        [*git, "remote", "get-url", "origin"], check=True, capture_output=True, text=True
    )
    assert origin.stdout.strip() == url.removesuffix(".git")
    for workspace in (first, second, third):
        installation.podium("workspace", "delete", workspace, "--yes", "--wait")


def test_what_cannot_be_had_is_told_and_the_workspace_opens(
    installation: Installation, githost: GitHost
) -> None:
    githost.make("poor")
    githost.add_submodule("poor", "lib", "../nowhere.git", "1" * 40)
    githost.add_large("poor", "b.bin", b"lost", kept=False)
    githost.push("poor")
    url = githost.url("poor")
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]

    def conditions() -> dict[str, str]:
        return shown(installation, made)["instance"]["conditions"]

    until(lambda: {"submodules_failed", "lfs_failed"} <= set(conditions()), timeout=60)
    told = conditions()
    assert "nowhere.git/' not found" in told["submodules_failed"]
    assert "Run `git lfs pull`" in told["lfs_failed"]
    installation.podium("workspace", "delete", made, "--yes", "--wait")
