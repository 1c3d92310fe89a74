"""Who is faster than the page's scripts: what they do is done as soon as the scripts are there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.stage.cast import STARS, many
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, look


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(many(10)) as opened:
        yield opened


class Slow:
    """A page whose scripts do not arrive before they are let go."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._waiting: list[Route] = []
        page.route(re.compile(r"/vendor/htmx[^/]*\.js"), self._hold)
        page.goto(address, wait_until="commit")

    def _hold(self, route: Route) -> None:
        self._waiting.append(route)

    def let_go(self) -> None:
        expect(self.page.locator("#whole")).to_be_attached()
        assert self._waiting, "nothing is waited for"
        for route in self._waiting:
            route.continue_()


def test_a_click_before_the_scripts_counts(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    slow = Slow(context.new_page(), f"{stage.dashboard}/")
    slow.page.get_by_role("button", name="Sign out").click()
    assert slow.page.url == f"{stage.dashboard}/"
    slow.let_go()
    expect(slow.page.get_by_text("podium login-link")).to_be_visible()
    context.close()


def test_a_dialog_is_opened_and_only_the_last_click_counts(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    slow = Slow(context.new_page(), f"{stage.dashboard}/workspaces/{STARS[0].id}")
    slow.page.get_by_role("button", name="Sign out").click()
    slow.page.get_by_role("button", name="Keys").click()
    slow.let_go()
    expect(slow.page.get_by_role("heading", name="Keys")).to_be_visible()
    assert slow.page.url.endswith(STARS[0].id)
    context.close()


def test_a_form_is_not_sent_as_an_address(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    slow = Slow(context.new_page(), f"{stage.dashboard}/settings")
    slow.page.get_by_label("Public key").fill("no key")
    slow.page.get_by_role("button", name="Add the key").click()
    assert slow.page.url == f"{stage.dashboard}/settings"
    with slow.page.expect_request(f"{stage.dashboard}/settings/ssh-keys") as sent:
        slow.let_go()
    assert sent.value.method == "POST"
    context.close()
