"""A start asks for its IDE at once, is held, and is let in when VS Code answers."""

import os
import re
import signal

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE


def test_the_browser_waits_at_the_ides_door_while_the_start_goes_on(
    installation: Installation, page: Page
) -> None:
    url = make_repository(installation.repositories, "early")
    page.goto(f"{installation.dashboard}/new?url={url}")
    daemon = installation.platform_processes()["daemon"]["pid"]
    os.kill(daemon, signal.SIGSTOP)  # so that the page is certainly shown before the start is over
    try:
        with page.expect_request(re.compile(r"\.ws\.localhost:\d+/\.podium/open\?")):
            page.get_by_role("button", name="Trust and start").click()
        expect(page.locator("[data-open-url]")).to_have_count(1)
    finally:
        os.kill(daemon, signal.SIGCONT)
    page.wait_for_url(re.compile(r"\.ws\.localhost"), timeout=IDE_PATIENCE, wait_until="commit")
    (name,) = re.findall(r"https?://([0-9a-z-]+)\.ws\.", page.url)
    page.close()
    installation.podium("workspace", "delete", name, "--yes", "--wait")
