"""Delete: the workspace is gone, with its disk space."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.patience import until


def test_delete_from_the_page_frees_the_disk(
    installation: Installation, repository: str, page: Page
) -> None:
    made = installation.podium_json("workspace", "create", repository, "--trust", "--wait")
    content = installation.content(made["id"])
    assert content.exists()
    page.goto(f"{installation.dashboard}/workspaces/{made['id']}")
    page.get_by_role("button", name="Delete").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("lost")
    dialog.get_by_role("button", name="Delete").click()
    until(lambda: not content.exists(), timeout=60)
    trash = [one for one in Path(installation.layout.content).iterdir() if made["id"] in one.name]
    until(lambda: not any(one.exists() for one in trash), timeout=60)
    listed = installation.podium_json("workspace", "list")["workspaces"]
    assert made["id"] not in {one["id"] for one in listed}
