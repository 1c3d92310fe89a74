"""The keys of lists, menus and dialogs, and the links people already use."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage.cast import STARS, many
from tests.e2e.stage.keys import tab_to
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, launch, look, opened


@pytest.fixture(scope="module")
def busy() -> Iterator[Stage]:
    with open_stage(many(12)) as stage:
        yield stage


@pytest.fixture(scope="module")
def window(playwright: Playwright, busy: Stage) -> Iterator[Browser]:
    started = launch(playwright, [busy], CHROMIUM)
    yield started
    started.close()


def test_lists_menus_and_dialogs_have_their_keys(busy: Stage, window: Browser) -> None:
    context = look(window, busy, LIGHT)
    with opened(context, f"{busy.dashboard}/") as tab:
        page = tab.page
        for name in (STARS[0].id, STARS[2].id):
            page.keyboard.press("ArrowDown")
            expect(page.locator(f"#name-{name}")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(page.locator(f"#name-{STARS[0].id}")).to_be_focused()
        tab_to(page, "More about payments-api")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".menu[open] .menu-item").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".menu[open]")).to_have_count(0)
        expect(page.locator(f"#more-{STARS[0].id}")).to_be_focused()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.keyboard.press("f")
        expect(page.locator("#filter")).to_be_focused()
        page.keyboard.type("github.com/ada/payments main running")  # words of several parts
        expect(page.locator("#groups .row:not([hidden]) .row-name").first).to_have_text(
            "payments-api"
        )
        page.keyboard.type(" nowhere")
        expect(page.locator("#groups .row:not([hidden])")).to_have_count(0)
        expect(page.locator(".filter-none")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(f"#row-{STARS[2].id}")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("s")
        page.wait_for_url("**/settings")
        page.keyboard.press("/")
        page.wait_for_url(f"{busy.dashboard}/")
    context.close()


def test_links_with_a_hash_and_the_badge_lead_to_the_question(busy: Stage, window: Browser) -> None:
    context = look(window, busy, LIGHT)
    page = context.new_page()
    page.goto(f"{busy.dashboard}/#https://github.com/ada/unknown")
    expect(page.get_by_role("heading", name="Open unknown")).to_be_visible()
    page.get_by_text("Badge for a README").click()
    picture = page.get_by_role("img", name="Open in Podium")
    expect(picture).to_be_visible()
    assert picture.evaluate("n => n.naturalWidth") == 138
    context.close()
