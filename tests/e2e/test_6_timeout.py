"""A workspace that is used stays, one that nobody uses is warned of, stops, and says why."""

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until


def shown(installation: Installation, workspace: Workspace) -> dict:
    return installation.podium_json("workspace", "show", workspace.id)


def test_use_is_seen_and_a_stop_that_is_near_is_told_in_vs_code(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    told = installation.content(workspace.id) / "workspace" / "timeout"
    told.unlink(missing_ok=True)
    command = "(gp timeout show; gp timeout set 2m) > /workspace/timeout 2>&1"
    type_in_terminal(page, installation, workspace, command)
    until(lambda: told.exists() and "has been set to 2m" in told.read_text(), timeout=60)
    assert told.read_text().startswith("30m, stops in ")
    until(lambda: shown(installation, workspace)["why_awake"] == "VS Code was used", timeout=60)
    page.get_by_role("button", name="clock Stops in").click(timeout=60_000)
    page.get_by_role("option", name="Extend to 3 hours").click()
    until(lambda: shown(installation, workspace)["timeout"] == "180m", timeout=30)


def test_what_nobody_uses_stops_and_keeps_its_files(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    tree = installation.content(workspace.id) / "workspace"
    (tree / "kept").write_text("kept")
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator("#awake")).to_contain_text("no activity since")
    page.get_by_label("Stops when not used for").select_option("10m")
    expect(page.locator("#awake")).to_contain_text("you asked for it")
    chosen = installation.podium("workspace", "timeout", workspace.id, "10s")
    assert "timeout 10s; stops at" in chosen.stdout
    until(lambda: shown(installation, workspace)["phase"] == "stopped", timeout=90)
    stopped = shown(installation, workspace)
    assert stopped["instance"]["stop_reason"] == "timed_out"
    assert stopped["problem"] is None
    expect(page.get_by_text("Stopped: no activity for 10 s.")).to_be_visible()

    assert installation.podium("workspace", "timeout", workspace.id, "default").returncode == 0
    assert installation.podium("workspace", "start", workspace.id, "--wait").returncode == 0
    assert (tree / "kept").read_text() == "kept"
    again = shown(installation, workspace)
    assert (again["timeout"], again["instance"]["timeout"]) == ("", "30m")
