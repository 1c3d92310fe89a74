"""A pasted URL becomes VS Code with the code; its terminal, sudo and git commit work."""

import subprocess

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until

NINE_STEPS = 9


def test_the_start_page_showed_nine_steps_with_times(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    steps = page.locator("[data-step]")
    expect(steps).to_have_count(NINE_STEPS)
    for step in steps.all():
        expect(step).to_have_attribute("data-state", "done")


def test_the_tree_belongs_to_gitpod_and_git_is_clean(
    installation: Installation, workspace: Workspace
) -> None:
    tree = installation.content(workspace.id) / "workspace" / workspace.folder
    assert (tree / "README.md").stat().st_uid == 33333
    assert (tree / "link").is_symlink()
    assert (tree / "run.sh").stat().st_mode & 0o111
    status = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(tree), "status", "--porcelain", "--branch"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout.splitlines() == ["## main...origin/main"]


def test_terminal_sudo_and_commit_work_in_vs_code(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    tree = installation.content(workspace.id) / "workspace" / workspace.folder
    type_in_terminal(page, installation, workspace, "id -un > who; sudo id -u > root; pwd > where")
    until(lambda: (tree / "where").exists() and (tree / "where").read_text() != "", timeout=60)
    assert (tree / "who").read_text().strip() == "gitpod"
    assert (tree / "root").read_text().strip() == "0"
    assert (tree / "where").read_text().strip() == f"/workspace/{workspace.folder}"
    type_in_terminal(
        page,
        installation,
        workspace,
        "rm who root where; echo more >> README.md; git commit -qam Second; echo $? > code",
    )
    until(lambda: (tree / "code").exists() and (tree / "code").read_text() != "", timeout=60)
    assert (tree / "code").read_text().strip() == "0"


def test_another_branch_is_asked_for_by_its_name(
    installation: Installation, repository: str
) -> None:
    made = installation.podium_json(
        "workspace", "create", repository, "--ref", "feature", "--trust", "--wait"
    )
    head = installation.content(made["id"]) / "workspace" / "demo" / ".git" / "HEAD"
    assert head.read_text().strip() == "ref: refs/heads/feature"
    installation.podium("workspace", "delete", made["id"], "--yes", "--wait")


def test_a_repository_that_is_not_there_fails_with_cause_and_cure(
    installation: Installation, page: Page
) -> None:
    url = f"file://{installation.repositories}/nothing"
    page.goto(f"{installation.dashboard}/new?url={url}")
    page.get_by_role("button", name="Trust and start").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("repository")
