"""What a running workspace takes, what of git is only here, and the log, from the real thing."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide
from tests.e2e.patience import until

ASK = """async path => {
  const answer = await fetch(path);
  return [answer.headers.get("content-type"), await answer.text()];
}"""
PATIENCE = 60_000
"""Milliseconds; git is looked at every 20 s."""


def test_the_workspaces_page_shows_what_it_takes(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    resources = page.locator("#resources")
    expect(resources).to_contain_text(re.compile(r"Memory\s*\d+(\.\d)? (MB|GB)"), timeout=PATIENCE)
    expect(resources).to_contain_text(re.compile(r"Processes\s*\d+"))
    expect(resources).to_contain_text(re.compile(r"Disk\s*\d+(\.\d)? (kB|MB|GB)"), timeout=PATIENCE)
    expect(page.locator("#log")).to_contain_text("Reset branch 'main'", timeout=PATIENCE)


def test_what_is_only_in_the_workspace_is_told(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    tree = installation.content(workspace.id) / "workspace" / workspace.folder
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    told = page.locator(f'[data-repository="{workspace.folder}"]')
    expect(told).to_contain_text("main", timeout=PATIENCE)
    new = tree / "not-committed.txt"
    new.write_text("new\n")
    try:
        expect(told).to_contain_text("new to git", timeout=PATIENCE)
        expect(told.get_by_text("not-committed.txt")).to_be_attached()
        page.get_by_role("button", name="Delete").first.click()
        question = page.locator(f'[data-lost="{workspace.folder}"]')
        expect(question).to_contain_text("not-committed.txt")
        page.locator("#confirm").get_by_role("button", name="Keep it").click()
        page.goto(installation.dashboard)
        row = page.locator(f'[data-workspace="{workspace.id}"]')
        expect(row.locator(".only-here")).to_contain_text("untracked")
        expect(row.locator(".row-branch")).to_contain_text("main")
        said = installation.podium("workspace", "show", workspace.id).stdout
        assert "new to git" in said
    finally:
        new.unlink()
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    # other tests may have left files of their own: it is this one's name that has to go
    expect(told.get_by_text("not-committed.txt")).to_have_count(0, timeout=PATIENCE)


def test_the_ides_tab_says_name_and_state(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    expect(page).to_have_title(re.compile(r"demo.*running"), timeout=PATIENCE)
    icon = page.locator("link[rel=icon]").first

    def green() -> bool:
        kind, shown = page.evaluate(ASK, icon.get_attribute("href"))
        assert kind == "image/svg+xml"
        return "#22a35a" in shown

    until(green, timeout=60)
