"""Stop and start give back tree and home bit for bit; everything else is the image's again."""

import json
import subprocess
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.fingerprint import fingerprint
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until

ODD_FILES = r"""
set -e
cd /workspace
mkdir -p odd && cd odd
printf 'a\n' > 'name with $pace and "quotes"'
printf 'b' > $'line\nbreak'
ln -s /etc/passwd absolute; ln -s ../nowhere dangling; ln 'name with $pace and "quotes"' hard
mkfifo pipe; truncate -s 5M sparse; mkdir -m 1777 sticky; touch -d '2001-02-03 04:05:06.789' old
sudo sh -c 'printf root > owned; chmod 4750 owned; chown 0:33333 owned'
python3 -c 'import os; os.setxattr("old", "user.note", b"kept")'
echo 'export KEPT=1' >> ~/.bashrc
mkdir -p ~/.config/tool && echo x > ~/.config/tool/state
sudo sh -c 'echo gone > /etc/made-here'
touch /workspace/ready
"""


def test_everything_kept_is_as_it_was(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    content = installation.content(workspace.id)
    script = content / "workspace" / "odd.sh"
    script.write_text(ODD_FILES)
    type_in_terminal(page, installation, workspace, "bash /workspace/odd.sh")
    until((content / "workspace" / "ready").exists, timeout=60)
    page.close()

    stopped = installation.podium("workspace", "stop", workspace.id, "--wait")
    assert stopped.returncode == 0, stopped.stderr
    with installation.files(workspace.id) as files:
        before = {part: fingerprint(files / part) for part in ("workspace", "home")}
    assert "odd/hard" in before["workspace"]
    assert before["workspace"]["odd/owned"][2:4] == (0, 33333)
    assert ".podium/vscode" in before["home"] or ".podium" in before["home"]

    started = installation.podium("workspace", "start", workspace.id, "--wait")
    assert started.returncode == 0, started.stderr
    after = {part: fingerprint(content / part) for part in ("workspace", "home")}
    for part in ("workspace", "home"):
        lost = {path for path in before[part] if path not in after[part]}
        assert not {path for path in lost if not is_transient(path)}, lost
    assert {k: v for k, v in after["workspace"].items() if k.startswith("odd")} == {
        k: v for k, v in before["workspace"].items() if k.startswith("odd")
    }
    assert after["home"][".bashrc"] == before["home"][".bashrc"]
    assert after["home"][".config/tool/state"] == before["home"][".config/tool/state"]


def is_transient(path: str) -> bool:
    """VS Code's own run-time files: sockets, pid and log files, caches it prunes at start."""
    return path.startswith((".podium/", ".cache/", ".npm/"))


def test_vs_codes_settings_survive_and_the_rest_is_the_images_again(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    found = run(page, installation, workspace, "test -e /etc/made-here && echo there || echo gone")
    assert found.strip() == "gone"
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.get_by_text("everything else is the image")).to_be_visible()


def test_the_stopped_tree_is_closed_and_nothing_is_left_mounted(
    installation: Installation, workspace: Workspace, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    before = interfaces(installation)
    assert workspace.id in Path("/proc/self/mounts").read_text()
    known = f"UserKnownHostsFile={tmp_path / 'known'}"
    words = ("workspace", "ssh", workspace.id, "-o", known, "-F", "none", "gp stop")
    installation.podium(*words)
    expect(page.get_by_text("Stopped: it was ended from inside, as gp stop does.")).to_be_visible()
    instance = installation.podium_json("workspace", "show", workspace.id)["instance"]
    assert (instance["stop_reason"], instance["problem"]) == ("ended_inside", None)
    assert workspace.id not in Path("/proc/self/mounts").read_text()
    after = interfaces(installation)
    assert after < before
    assert len(before) - len(after) == 1, "its own, and no other workspace's"
    layers = [one.name for one in Path(installation.layout.instances_home).iterdir()]
    assert not [name for name in layers if name.startswith(workspace.id)]
    started = installation.podium("workspace", "start", workspace.id, "--wait")
    assert started.returncode == 0, started.stderr


def interfaces(installation: Installation) -> set[str]:
    """Return the interfaces of running workspaces; other tests' may run as well."""
    listed = subprocess.run(["ip", "-json", "link"], capture_output=True, check=True).stdout
    names = {one["ifname"] for one in json.loads(listed)}
    return {one for one in names if one.startswith(f"pd{installation.layout.tag}")}
