"""A workspace that opens to its terminals alone, from the form to VS Code and back."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE, sign_in, wait_for_files
from tests.e2e.patience import until
from tests.e2e.stage import screens

PLACE = re.compile(r"\.ws\.localhost:\d+/_supervisor/terminals")
SERVERS = "clear; echo servers=$(ps ax -o args= | grep -c '[s]erver-main.js')="


def test_it_opens_to_terminals_and_changes_while_it_runs(
    installation: Installation, browser: Browser
) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    sign_in(page, installation)
    field = page.get_by_label("Repository URL")
    field.fill(make_repository(installation.repositories, "bare"))
    field.press("Enter")
    page.get_by_label("Editor").select_option("terminal")
    page.get_by_role("button", name="Trust and start").click()
    page.wait_for_url(PLACE, timeout=IDE_PATIENCE, wait_until="commit")
    workspace = page.url.partition("//")[2].partition(".")[0]
    screens.ready(page)
    screens.run(page, "clear; echo at $(pwd) $(date +%Z) $LANG ed=$EDITOR.")
    screens.shows(page, "at /workspace/bare JST C.UTF-8 ed=.")
    screens.run(page, SERVERS)
    screens.shows(page, "servers=0=")
    screens.run(page, "KEPT=here; clear")

    # whoever comes to the workspace's address is led there as well
    page.goto(installation.ide(workspace))
    page.wait_for_url(PLACE, timeout=IDE_PATIENCE)
    screens.ready(page)
    screens.run(page, "clear; echo still $KEPT")
    screens.shows(page, "still here")

    page.goto(f"{installation.dashboard}/workspaces/{workspace}")
    expect(page.get_by_role("link", name="Open the terminals")).to_be_visible()
    page.get_by_label("Opens with").select_option("vscode")
    page.get_by_role("link", name="Open VS Code").click(timeout=IDE_PATIENCE)
    wait_for_files(page)
    page.goto(f"{installation.dashboard}/workspaces/{workspace}/terminals")
    screens.ready(page)
    screens.run(page, "clear; echo still $KEPT")
    screens.shows(page, "still here")
    screens.run(page, SERVERS)
    expect(screens.rows(page)).to_contain_text(re.compile(r"servers=[1-9]\d*="))

    done = installation.podium("workspace", "ide", workspace, "terminal")
    assert done.returncode == 0, done.stderr

    # whoever comes while the editor is being ended is led on by the page itself
    asked = "fetch('/', {redirect: 'manual'}).then(answer => answer.status)"
    until(lambda: page.evaluate(asked) != 200, timeout=60)
    page.goto(installation.ide(workspace))
    page.wait_for_url(PLACE, timeout=IDE_PATIENCE)
    context.close()
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
