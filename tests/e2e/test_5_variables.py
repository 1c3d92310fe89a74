"""A variable of the Settings page reaches a workspace, is changed there and removed again."""

from playwright.sync_api import Page, expect

from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace

SECRET = "two words, hush"


def test_what_is_set_on_the_page_is_had_inside_and_never_shown_again(
    installation: Installation, page: Page, workspace: Workspace
) -> None:
    page.goto(f"{installation.dashboard}/settings")
    section = page.locator("#variables")
    section.get_by_label("Name").fill("PAGE_KEY")
    section.get_by_label("Value").fill(SECRET)
    section.get_by_role("button", name="Add").click()
    expect(section.locator("[data-variable=PAGE_KEY]")).to_contain_text("in every repository")
    assert SECRET not in page.content()
    assert f"PAGE_KEY={SECRET}" in run(page, installation, workspace, "gp env")

    page.goto(f"{installation.dashboard}/settings")
    section.get_by_role("button", name="Change PAGE_KEY").click()
    dialog = page.locator("dialog[open]")
    assert SECRET not in dialog.inner_html()
    dialog.get_by_label("Name").fill("PAGE_TOKEN")
    dialog.get_by_label("Repositories").fill("somebody/else")
    dialog.get_by_role("button", name="Change").click()
    expect(section.locator("[data-variable=PAGE_TOKEN]")).to_contain_text("in somebody/else")
    expect(section.locator("[data-variable=PAGE_KEY]")).to_have_count(0)
    assert "PAGE_" not in run(page, installation, workspace, "gp env")

    page.goto(f"{installation.dashboard}/settings")
    section.get_by_role("button", name="Remove PAGE_TOKEN").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(section.locator("[data-variable=PAGE_TOKEN]")).to_have_count(0)
