"""The page of a workspace's terminals, as it looks: light, dark, narrow and under a thumb."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage import pictures, screens
from tests.e2e.stage.tabs import (
    LIGHT,
    NARROW,
    Tab,
    View,
    context_of,
    launch,
    opened,
    visited,
)
from tests.e2e.stage.terminals import TerminalsStage, terminals_stage

WARM = 150_000
COLOURS = (
    r"for i in 1 2 3 4 5 6; do "
    r"printf '\033[3%dm colour %d \033[9%dm bright \033[0m\n' $i $i $i; done; "
    r"i=16; while [ $i -lt 52 ]; do printf '\033[48;5;%dm  ' $i; i=$((i+1)); done; "
    r"printf '\033[0m\n'"
)


@pytest.fixture(scope="module")
def stage() -> Iterator[TerminalsStage]:
    with terminals_stage() as found:
        yield found


@pytest.fixture(scope="module")
def window(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright, [], CHROMIUM)
    yield started
    started.close()


@pytest.fixture(scope="module")
def context(window: Browser, view: View) -> Iterator[BrowserContext]:
    made = context_of(window, view)
    yield made
    made.close()


def busy(page: Page) -> None:
    """A tab with two halves and a bit of colour, and another one."""
    screens.ready(page)
    screens.run(page, f"clear; {COLOURS}")
    screens.shows(page, "colour 6")
    screens.says(page, "$")  # behind all of it
    screens.another(page, "Control+Shift+E")
    expect(page.locator(".pane")).to_have_count(2)
    screens.run(page, "clear; seq 4; cat")
    screens.says(page, "4")
    expect(page.locator(".tab-name").first).to_have_text("cat")


def leave_none(page: Page) -> None:
    """Close every terminal, so that the next page begins with one."""
    while page.locator(".tab").count():
        before = page.locator(".pane").count() + page.locator(".tab").count()
        page.locator(".tab-shut").first.click()
        sure = page.get_by_role("button", name="Close and end it")
        if sure.count():
            sure.click()
        page.wait_for_function(
            "before => document.querySelectorAll('.pane, .tab').length < before", arg=before
        )


def good(tab: Tab) -> None:
    assert tab.overflow() == 0
    assert tab.shifts() == []
    assert tab.complaints == []
    assert tab.violations() == []


def test_it_is_as_it_should_be(stage: TerminalsStage, context: BrowserContext, view: View) -> None:
    with visited(context, stage.page) as tab:
        busy(tab.page)
        pictures.check(f"terminals-{view.name}", tab.shot(view))
        good(tab)
        assert 0 < tab.warm() <= WARM
        screens.ready(tab.page)
        leave_none(tab.page)
        expect(tab.page.get_by_text("No terminal is open.")).to_be_visible()
        good(tab)


@pytest.mark.parametrize("name", ["keys", "paste", "find", "ended", "menu"])
def test_what_opens_over_it_is_too(
    stage: TerminalsStage, context: BrowserContext, view: View, name: str
) -> None:
    with visited(context, stage.page) as tab:
        page = tab.page
        screens.ready(page)
        if name == "keys":
            page.keyboard.press("Control+Shift+?")
            page.locator("dialog[open]").wait_for()
        elif name == "paste":
            screens.paste(page, "cd /srv\nmake install\nsystemctl restart shop\n")
            page.locator("dialog[open]").wait_for()
        elif name == "find":
            screens.run(page, "clear; seq 40")
            screens.says(page, "40")
            page.keyboard.press("Control+Shift+F")
            page.keyboard.type("3")
            expect(page.locator(".found")).to_have_text("14 of 14")
        elif name == "menu":
            page.locator("#tools summary").click()
            expect(page.locator(".menu-item").first).to_be_focused()
        else:
            screens.run(page, "clear; exit 3")
            expect(page.get_by_text("Ended, exit 3.")).to_be_visible()
        if view in {LIGHT, NARROW}:
            pictures.check(f"terminals-{name}-{view.name}", tab.shot(view))
        good(tab)
        page.keyboard.press("Escape")
        leave_none(page)


def test_a_thumb_has_the_keys_that_a_phone_has_not(stage: TerminalsStage, window: Browser) -> None:
    context = window.new_context(
        viewport={"width": 360, "height": 640},
        has_touch=True,
        is_mobile=True,
        color_scheme="dark",
        reduced_motion="reduce",
    )
    with opened(context, stage.page) as tab:
        page = tab.page
        screens.ready(page)
        screens.run(page, "clear; cat")
        expect(page.locator(".tab-name")).to_have_text("cat")
        expect(screens.rows(page)).not_to_contain_text("clear")
        keys = page.locator("#touch")
        keys.get_by_role("button", name="Ctrl").click()
        expect(keys.get_by_role("button", name="Ctrl")).to_have_attribute("aria-pressed", "true")
        pictures.check("terminals-touch-dark", page.screenshot(caret="hide"))
        assert tab.violations() == []
        page.keyboard.type("c")
        expect(page.locator(".tab-name")).to_have_text("sh")
        expect(keys.get_by_role("button", name="Ctrl")).to_have_attribute("aria-pressed", "false")
        keys.get_by_role("button", name="Up").click()
        screens.shows(page, "^[[A")
        page.keyboard.press("Control+C")
        leave_none(page)
    context.close()
