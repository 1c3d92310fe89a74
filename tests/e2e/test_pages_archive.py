"""What clean-up says: archived workspaces, an announced deletion, why one stays, a way back."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.e2e.stage import pictures
from tests.e2e.stage.archive import BACK, DUE, KEPT, LAID_AWAY, OLD, SOON, lay_away
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, NARROW, VIEWS, View, look, opened, visited


@dataclass(frozen=True)
class Shown:
    """A page, and in which views its picture is kept."""

    path: str
    kept: tuple[View, ...] = VIEWS


PAGES = {
    "archive-list": Shown("/"),
    "archive-of-one": Shown(f"/workspaces/{OLD.id}", (LIGHT, NARROW)),
    "archive-announced": Shown(f"/workspaces/{DUE.id}"),
    "archive-kept": Shown(f"/workspaces/{KEPT.id}", (LIGHT,)),
    "archive-back": Shown(f"/start/{BACK.id}"),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(LAID_AWAY, back_up=lay_away) as opened_stage:
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


def test_how_far_it_is_moves_nothing_when_it_comes(stage: Stage, context: BrowserContext) -> None:
    def hold(_route: Route) -> None:
        """Let it wait."""

    page = context.new_page()
    page.route("**/bringing", hold)
    page.goto(f"{stage.dashboard}/start/{BACK.id}")
    expect(page.locator(".bringing")).to_be_empty()
    before = page.locator("#log").bounding_box()
    page.unroute("**/bringing")  # what is held goes on
    expect(page.locator(".bringing")).to_have_text("waiting for the node")
    assert page.locator("#log").bounding_box() == before
    page.close()


def test_the_archive_is_unfolded_and_found_by_the_filter_and_one_is_asked_for(
    stage: Stage, window: Browser
) -> None:
    for look_at in (LIGHT, NARROW):
        context = look(window, stage, look_at)
        with opened(context, stage.dashboard) as tab:
            page = tab.page
            row = page.locator(f"#row-{OLD.id}")
            expect(row).to_be_hidden()
            page.locator("#group-archived > summary").focus()
            page.keyboard.press("Enter")
            expect(row).to_be_visible()
            expect(row).to_contain_text("archived")
            expect(page.locator(f"#row-{DUE.id}")).to_contain_text("deleted in 2 d")
            page.mouse.move(0, 0)
            pictures.check(f"archive-unfolded-{look_at.name}", tab.shot(look_at))
            assert tab.overflow() == 0
            assert tab.violations() == []
            page.goto(f"{stage.dashboard}/workspaces/{SOON.id}")
            page.get_by_role("button", name="Archive…").click()
            dialog = page.locator("dialog[open]")
            expect(dialog.get_by_role("button", name="Leave it as it is")).to_be_focused()
            page.mouse.move(0, 0)
            shot = dialog.screenshot(caret="hide", animations="disabled")
            pictures.check(f"dialog-archive-{look_at.name}", shot)
            assert tab.violations() == []
        context.close()
