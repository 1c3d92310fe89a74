"""A setting that is changed in one workspace's VS Code is in the next one's file of settings.

Whether a window that is open already takes it at once is not asserted here.
"""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE, Workspace, open_ide, open_workspace
from tests.e2e.patience import until
from tests.e2e.test_4_editor import command

USER = "home/.podium/vscode/data/User"


def test_a_setting_follows_into_the_next_workspace(
    installation: Installation, owner: BrowserContext, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    command(page, "Preferences: Open User Settings (JSON)")
    settings = page.get_by_role("dialog", name=re.compile("settings.json"))
    expect(settings).to_be_visible(timeout=IDE_PATIENCE)
    settings.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{ "editor.fontSize": 27 }')
    page.keyboard.press("Control+s")
    kept = installation.content(workspace.id) / USER
    until(lambda: "27" in (kept / "settings.json").read_text(), timeout=30)

    # it is with the server as soon as Settings tell its name
    def told() -> bool:
        page.goto(f"{installation.dashboard}/settings")
        return "settings.json" in page.locator("#profile").inner_text()

    until(told, timeout=60)
    url = make_repository(installation.repositories, "second")
    second = open_workspace(page, installation, url)
    arrived = installation.content(second.id) / USER / "settings.json"
    written = (kept / "settings.json").read_text()
    until(lambda: arrived.exists() and arrived.read_text() == written, timeout=60)
    installation.podium("workspace", "delete", second.id, "--yes", "--wait")
