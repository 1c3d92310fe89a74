"""An archived workspace's files leave the node and are back at its next start, bit for bit."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.settings import from_environ
from tests.e2e.fingerprint import fingerprint
from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.journey import IDE_PATIENCE, sign_in
from tests.e2e.patience import until
from tests.e2e.stage import screens
from tests.e2e.test_5_restore_points import backup

WORDS = Path("workspace", "demo", "words ü.txt")
PLACE = re.compile(r"\.ws\.localhost:\d+/_supervisor/terminals")


@pytest.fixture
def keeping() -> Iterator[Installation]:
    """An installation that makes restore points as by default: the path's own makes none."""
    made = fresh_installation()
    made.backup_every = from_environ({}).backup_every
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


def test_files_leave_and_come_back_from_the_command_line_and_in_a_browser(
    keeping: Installation, browser: Browser
) -> None:
    installation, repository = keeping, make_repository(keeping.repositories, "demo")
    made = installation.podium_json(
        "workspace", "create", repository, "--trust", "--ide", "terminal", "--wait"
    )
    workspace = str(made["id"])
    with installation.content(workspace).joinpath(WORDS).open("w") as file:
        file.write("all of it\n")
    installation.podium_json("workspace", "stop", workspace, "--wait")
    until(lambda: backup(installation, workspace)["safe"], timeout=120)
    with installation.files(workspace) as files:
        before = fingerprint(files / "workspace")

    archived = installation.podium_json("workspace", "archive", workspace, "--wait")
    assert archived["archived"]
    until(lambda: not installation.holds(workspace), timeout=60)
    started = installation.podium_json("workspace", "start", workspace, "--wait")
    assert (started["phase"], started["archived"]) == ("running", False)
    assert fingerprint(installation.content(workspace) / "workspace") == before

    with installation.content(workspace).joinpath(WORDS).open("a") as file:
        file.write("and more\n")
    installation.podium_json("workspace", "stop", workspace, "--wait")
    until(lambda: backup(installation, workspace)["safe"], timeout=120)
    page = browser.new_context().new_page()
    sign_in(page, installation)
    lay_away(page, installation, workspace)
    until(lambda: not installation.holds(workspace), timeout=60)
    page.get_by_role("button", name="Start demo").click()
    page.wait_for_url(PLACE, timeout=IDE_PATIENCE, wait_until="commit")
    screens.ready(page)
    screens.run(page, f"clear; cat '{WORDS.name}'")
    screens.shows(page, "all of it")
    screens.shows(page, "and more")
    page.context.close()
    assert (installation.content(workspace) / WORDS).read_text() == "all of it\nand more\n"


def lay_away(page: Page, installation: Installation, workspace: str) -> None:
    """Archive it on its page, which says so when it is done."""
    page.goto(f"{installation.dashboard}/workspaces/{workspace}")
    page.get_by_role("button", name="Archive…").click()
    page.locator("dialog[open]").get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("Its files are in its restore point")).to_be_visible()
