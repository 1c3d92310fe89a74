"""Pages of restore points and of deleted workspaces: as they were approved, and by keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.stage import pictures
from tests.e2e.stage.keys import tab_to
from tests.e2e.stage.points import BACKED, FAILS, FRESH, GONE, RUNS, SAFE, TOP, WAITS, back_up
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, NARROW, VIEWS, View, look, opened, visited


@dataclass(frozen=True)
class Shown:
    """A page, and in which views its picture is kept."""

    path: str
    kept: tuple[View, ...] = VIEWS


PAGES = {
    "points": Shown(f"/workspaces/{RUNS.id}/points"),
    "points-none-yet": Shown(f"/workspaces/{FRESH.id}/points", (LIGHT, NARROW)),
    "points-left-out": Shown(f"/workspaces/{SAFE.id}/points", (LIGHT, NARROW)),
    "points-failed": Shown(f"/workspaces/{FAILS.id}/points"),
    "points-of-deleted": Shown(f"/workspaces/{GONE.id}/points", (LIGHT,)),
    "points-files": Shown(f"/workspaces/{RUNS.id}/points/{TOP.id}?path=workspace%2Fpayments-api"),
    "deleted": Shown("/deleted"),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(BACKED, back_up=back_up) as opened_stage:
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


def test_what_is_pending_is_freed_only_after_a_question(stage: Stage, window: Browser) -> None:
    for look_at in (LIGHT, NARROW):
        context = look(window, stage, look_at)
        with opened(context, f"{stage.dashboard}/deleted") as tab:
            tab.page.get_by_role("button", name=f"Free them now… {WAITS.name}").click()
            dialog = tab.page.locator("dialog[open]")
            expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
            tab.page.mouse.move(0, 0)
            shot = dialog.screenshot(caret="hide", animations="disabled")
            pictures.check(f"dialog-free-{look_at.name}", shot)
            assert tab.complaints == []
            assert tab.violations() == []
        with opened(context, f"{stage.dashboard}/workspaces/{FAILS.id}") as tab:
            tab.page.get_by_role("button", name="Delete").first.click()
            dialog = tab.page.locator("dialog[open]")
            expect(dialog).to_contain_text("It is not backed up")
            tab.page.mouse.move(0, 0)
            shot = dialog.screenshot(caret="hide", animations="disabled")
            pictures.check(f"dialog-delete-failing-{look_at.name}", shot)
            assert tab.violations() == []
        context.close()


def test_a_restore_is_asked_for_with_keys_alone(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    with opened(context, f"{stage.dashboard}/workspaces/{SAFE.id}/points") as tab:
        page = tab.page
        tab_to(page, "Browse the point of")
        tab_to(page, "More about the point of")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("button", name="Restore…")).to_be_focused()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("becomes a restore point first")
        expect(dialog.get_by_role("button", name="Leave it as it is")).to_be_focused()
        page.mouse.move(0, 0)
        shot = dialog.screenshot(caret="hide", animations="disabled")
        pictures.check("dialog-restore-light", shot)
        assert tab.violations() == []
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.reload()
        tab_to(page, "Back up now")
        page.keyboard.press("Enter")
        expect(page.locator("#points")).to_contain_text("Being made")
        assert tab.complaints == []
    context.close()
