"""Delete: the workspace is gone, with its disk space."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.patience import until


def test_delete_from_the_page_frees_the_disk(
    installation: Installation, repository: str, page: Page
) -> None:
    made = installation.podium_json("workspace", "create", repository, "--trust", "--wait")
    assert installation.holds(made["id"])
    page.goto(f"{installation.dashboard}/workspaces/{made['id']}")
    page.get_by_role("button", name="Delete").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("lost")
    dialog.get_by_role("button", name="Delete").click()
    until(lambda: not installation.holds(made["id"]), timeout=60)
    places = (Path(installation.layout.content), Path(installation.layout.disks))
    trash = [one for place in places for one in place.iterdir() if made["id"] in one.name]
    until(lambda: not any(one.exists() for one in trash), timeout=60)
    listed = installation.podium_json("workspace", "list")["workspaces"]
    assert made["id"] not in {one["id"] for one in listed}
