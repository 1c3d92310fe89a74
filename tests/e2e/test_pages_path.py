"""Start, stop and delete without a mouse; the focus is always to be seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, Route, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage.keys import tab_to
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import IDES, LIGHT, launch, look, opened

PATIENCE = 60_000
"""Milliseconds for a start that is played."""


@pytest.fixture(scope="module")
def moving() -> Iterator[Stage]:
    with open_stage([], "keys", still=False) as stage:
        yield stage


@pytest.fixture(scope="module")
def window(playwright: Playwright, moving: Stage) -> Iterator[Browser]:
    started = launch(playwright, [moving], CHROMIUM)
    yield started
    started.close()


def test_a_workspace_is_started_stopped_and_deleted_by_keys(moving: Stage, window: Browser) -> None:
    context = look(window, moving, LIGHT)

    def answer(asked: Route) -> None:
        if "/.podium/open" in asked.request.url:
            asked.fulfill(status=204)
        else:
            asked.fulfill(body="The IDE is open.", content_type="text/html")

    context.route(IDES, answer)
    with opened(context, f"{moving.dashboard}/") as tab:
        page = tab.page
        page.keyboard.type("https://h.org/ada/demo")
        page.keyboard.press("Enter")
        page.wait_for_url("**/new?**")
        expect(page.get_by_role("heading", name="Open demo")).to_be_visible()
        tab_to(page, "Trust and start")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The IDE is open.")).to_be_visible(timeout=PATIENCE)
        page.goto(f"{moving.dashboard}/settings")
        page.keyboard.press("g")
        page.keyboard.press("w")
        page.wait_for_url(f"{moving.dashboard}/")
        page.locator(".row").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/workspaces/**")
        tab_to(page, "Stop")
        page.keyboard.press("Enter")
        expect(page.locator("#detail .big-state")).to_contain_text("stopped", timeout=PATIENCE)
        tab_to(page, "Delete")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press("Tab")
        delete = page.get_by_role("dialog").get_by_role("button", name="Delete")
        expect(delete).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Open a repository")).to_be_visible()
        assert tab.complaints == []
    context.close()
