"""A start without one's own node, and what is said of files that no row asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.stage import pictures
from tests.e2e.stage.elsewhere import AWAY, BARE, HERE, LOST, find, leave, over
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, NARROW, VIEWS, View, look, opened, visited


@dataclass(frozen=True)
class Shown:
    """A page, and in which views its picture is kept."""

    path: str
    kept: tuple[View, ...] = VIEWS


PAGES = {
    "elsewhere": Shown(f"/workspaces/{LOST.id}/elsewhere"),
    "elsewhere-no-point": Shown(f"/workspaces/{BARE.id}/elsewhere", (LIGHT, NARROW)),
    "elsewhere-here": Shown(f"/workspaces/{HERE.id}/elsewhere", (LIGHT, NARROW)),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(AWAY, back_up=leave) as opened_stage:
        over(opened_stage.app)
        find(opened_stage.app)
        yield opened_stage


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_it_should_be(
    stage: Stage, context: BrowserContext, view: View, name: str
) -> None:
    with visited(context, f"{stage.dashboard}{PAGES[name].path}") as tab:
        if view in PAGES[name].kept:
            pictures.check(f"{name}-{view.name}", tab.shot(view))
        assert tab.overflow() == 0
        assert tab.shifts() == []
        assert tab.complaints == []
        assert tab.violations() == []


def test_settings_tell_of_orphans(stage: Stage, context: BrowserContext, view: View) -> None:
    with visited(context, f"{stage.dashboard}/settings") as tab:
        section = tab.page.locator("#installation")
        expect(section).to_contain_text("3 (4.3 GB)")
        section.scroll_into_view_if_needed()
        tab.page.mouse.move(0, 0)
        shot = section.screenshot(caret="hide", animations="disabled")
        pictures.check(f"settings-orphans-{view.name}", shot)
        assert tab.overflow() == 0
        assert tab.complaints == []
        assert tab.violations() == []


def test_nothing_starts_elsewhere_by_a_careless_return(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    with opened(context, f"{stage.dashboard}/workspaces/{LOST.id}/elsewhere") as tab:
        expect(tab.page.get_by_role("link", name="Wait for its node")).to_be_focused()
        tab.page.keyboard.press("Enter")
        expect(tab.page).to_have_url(f"{stage.dashboard}/workspaces/{LOST.id}")
    context.close()
