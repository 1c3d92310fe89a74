"""Every page in light, in dark and at 360 px, with a busy day's data and with none.

axe-core finds nothing serious, nothing moves by itself, nothing is wider than its window,
nothing complains in the console, little is transferred, and it looks as it was approved.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage import pictures
from tests.e2e.stage.cast import NOTEBOOKS, STARS, many
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import DARK, LIGHT, NARROW, VIEWS, View, launch, look, visited

WARM = 150_000
"""Bytes of a page whose assets the browser has."""
PAYMENTS, LONG, WEBSITE, _GATEWAY, GONE = (one.id for one in STARS)

NOTES = many(len(STARS) + NOTEBOOKS + 1)[-1].id


@dataclass(frozen=True)
class Shown:
    """A page: where it is, whose, and in which views its picture is kept."""

    path: str
    audience: str = "busy"
    kept: tuple[View, ...] = VIEWS
    whole: bool = False
    """To its end, however long."""


PAGES = {
    "workspaces": Shown("/"),
    "workspaces-empty": Shown("/", "empty"),
    "new": Shown("/new?url=https://github.com/ada/unknown/tree/main"),
    "new-again": Shown("/new?url=https://github.com/ada/payments-api/tree/main", kept=(LIGHT,)),
    "new-refused": Shown("/new?url=ftp://example.org/x", kept=(NARROW,)),
    "start": Shown(f"/start/{WEBSITE}"),
    "start-failed": Shown(f"/start/{GONE}"),
    "workspace": Shown(f"/workspaces/{PAYMENTS}"),
    "workspace-long": Shown(f"/workspaces/{LONG}", kept=(NARROW,)),
    "workspace-failed": Shown(f"/workspaces/{GONE}", kept=(DARK,)),
    "workspace-jupyter": Shown(f"/workspaces/{NOTES}"),
    "desktop": Shown(f"/workspaces/{PAYMENTS}/desktop?ide=zed"),
    "settings": Shown("/settings", whole=True),
    "sign-in": Shown("/sign-in", "stranger", (LIGHT,)),
    "not-found": Shown("/nothing", kept=(DARK,)),
    "styleguide": Shown("/styleguide", kept=(LIGHT, DARK)),
}
DIALOGS = {  # where, and what opens it
    "keys": ("/", "[data-opens=keys]"),
    "stop-several": ("/", "#stop-all"),
    "delete": (f"/workspaces/{PAYMENTS}", f"#ask-{PAYMENTS}"),
    "rename": (f"/workspaces/{PAYMENTS}", f"#rename-{PAYMENTS}"),
    "share": (f"/workspaces/{PAYMENTS}", "#links-8000"),
    "variable": ("/settings", "#variables [hx-get*=change]"),
    "share-first": (f"/workspaces/{PAYMENTS}", "#links-3000"),
}


@pytest.fixture(scope="module")
def busy() -> Iterator[Stage]:
    with open_stage(many(40)) as stage:
        yield stage


@pytest.fixture(scope="module")
def empty() -> Iterator[Stage]:
    with open_stage([], "empty") as stage:
        yield stage


@pytest.fixture(scope="module")
def window(playwright: Playwright, busy: Stage, empty: Stage) -> Iterator[Browser]:
    started = launch(playwright, [busy, empty], CHROMIUM)
    yield started
    started.close()


@pytest.fixture(scope="module")
def audiences(
    window: Browser, busy: Stage, empty: Stage, view: View
) -> Iterator[dict[str, tuple[Stage, BrowserContext]]]:
    found = {
        "busy": (busy, look(window, busy, view)),
        "empty": (empty, look(window, empty, view)),
        "stranger": (busy, look(window, busy, view, signed_in=False)),
    }
    yield found
    for _, context in found.values():
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_it_should_be(
    audiences: dict[str, tuple[Stage, BrowserContext]], view: View, name: str
) -> None:
    shown = PAGES[name]
    stage, context = audiences[shown.audience]
    with visited(context, f"{stage.dashboard}{shown.path}") as tab:
        if view in shown.kept:
            pictures.check(f"{name}-{view.name}", tab.shot(view, whole=shown.whole))
        assert tab.overflow() == 0
        assert tab.shifts() == []
        assert tab.complaints == []
        assert tab.violations() == []
        assert 0 < tab.warm() <= WARM


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_is_as_it_should_be(
    audiences: dict[str, tuple[Stage, BrowserContext]], view: View, name: str
) -> None:
    path, opener = DIALOGS[name]
    stage, context = audiences["busy"]
    with visited(context, f"{stage.dashboard}{path}") as tab:
        if name == "keys":
            tab.page.keyboard.press("?")
        else:
            tab.page.locator(opener).first.click()
        tab.page.locator("dialog[open]").wait_for()
        tab.page.mouse.move(0, 0)
        if view is not DARK:
            shot = tab.page.locator("dialog[open]").screenshot(caret="hide", animations="disabled")
            pictures.check(f"dialog-{name}-{view.name}", shot)
        assert tab.overflow() == 0
        assert tab.violations() == []
        tab.page.keyboard.press("Escape")
        expect(tab.page.locator("dialog[open]")).to_have_count(0)
        assert tab.shifts() == []
        assert tab.complaints == []
