"""What is at work in a real workspace keeps it awake and is told: on pages, by `gp`, in the API."""

import json
import re

from playwright.sync_api import Page, expect

from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until

PATIENCE = 60_000
"""Milliseconds; terminals are looked at every ten seconds."""
NAMED = "podium:\n  keepAwake: ['sleep 4243']\n"


def awake(installation: Installation, workspace: Workspace) -> list[str]:
    return list(installation.podium_json("workspace", "show", workspace.id)["awake"])


def test_a_command_in_front_of_a_terminal_is_told_until_it_ends(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    told = installation.content(workspace.id) / "workspace" / "awake.json"
    told.unlink(missing_ok=True)
    until_told = "until gp timeout show -j | grep -q 4242; do sleep 1; done"
    asking = f"({until_told}; gp timeout show -j > /workspace/awake.json; gp timeout show) &"
    type_in_terminal(page, installation, workspace, f"{asking} sleep 4242")
    dashboard = page.context.new_page()
    dashboard.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    at_work = re.compile(r"Awake: sleep 4242 in terminal \d+\. It would stop at \d\d:\d\d\.")
    expect(dashboard.locator("#awake")).to_have_text(at_work, timeout=PATIENCE)
    assert [one.partition(" in ")[0] for one in awake(installation, workspace)] == ["sleep 4242"]
    until(lambda: told.exists() and told.read_text().endswith("}\n"), timeout=60)
    assert json.loads(told.read_text())["awake"] == awake(installation, workspace)
    dashboard.goto(installation.dashboard)
    expect(dashboard.locator(f"#vitals-{workspace.id}")).to_contain_text("sleep 4242 in terminal")

    page.keyboard.press("Control+c")
    expect(dashboard.locator(f"#vitals-{workspace.id}")).not_to_contain_text(
        "sleep 4242", timeout=PATIENCE
    )
    dashboard.close()


def test_what_the_file_names_keeps_it_awake_wherever_it_runs(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    file = installation.content(workspace.id) / "workspace" / workspace.folder / ".gitpod.yml"
    before = file.read_text() if file.exists() else None
    file.write_text((before or "") + NAMED)
    try:
        run(page, installation, workspace, "(setsid sleep 4243 > /dev/null 2>&1 &)")
        named = ["sleep 4243, named in .gitpod.yml"]
        until(lambda: awake(installation, workspace) == named, timeout=60)
        run(page, installation, workspace, "pkill -f '^sleep 4243'")
        until(lambda: awake(installation, workspace) == [], timeout=60)
    finally:
        file.unlink() if before is None else file.write_text(before)
