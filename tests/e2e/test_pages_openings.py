"""A port that begins to listen: told on the workspace's page, or opened, as .gitpod.yml says."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect

from tests.e2e.patience import until
from tests.e2e.stage.cast import STARS, many, told
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, look, opened
from wire.agent import PortReport, StepReport
from wire.phases import StepState
from wire.ports import PortWish

STAR = STARS[0]
DONE = StepReport(state=StepState.DONE)
WISHES = [PortWish(first=4000, last=4000, name="Shop", on_open="open-browser")]
OPENED = "window.__opened = []; window.open = (url) => (window.__opened.push(url), {});"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(many(len(STARS))) as opened_stage:
        yield opened_stage


def listen(stage: Stage, version: int, *ports: int) -> None:
    served = [PortReport(port=one, process="node") for one in ports]
    report = replace(
        told(STAR),
        version=version,
        checkout=DONE,
        ide=DONE,
        ports=served,
        port_wishes=WISHES,
    )
    stage.do(stage.app.state.agents.observed(STAR.instance, report))


def test_a_new_port_is_told_or_opened_once(stage: Stage, window: Browser) -> None:
    context = look(window, stage, LIGHT)
    context.add_init_script(OPENED)
    listen(stage, 100)
    with opened(context, f"{stage.dashboard}/workspaces/{STAR.id}") as tab:
        page = tab.page
        notices = page.locator("#openings .opening")
        listen(stage, 101, 3000, 20000)
        expect(notices).to_have_text(["node listens on port 3000.OpenDismiss"])
        address = page.get_by_role("link", name="Open port 3000").get_attribute("href")
        assert address is not None
        assert address.startswith(f"http://3000-{STAR.id}.")
        listen(stage, 102, 3000, 4000, 20000)
        until(lambda: page.evaluate("window.__opened.length") == 1, timeout=20)
        assert page.evaluate("window.__opened[0]").startswith(f"http://4000-{STAR.id}.")
        listen(stage, 103, 20000)
        expect(notices).to_have_count(0)
        listen(stage, 104, 3000, 4000, 20000)
        expect(notices).to_have_count(1)
        assert page.evaluate("window.__opened.length") == 1
        page.get_by_role("button", name="Dismiss").click()
        expect(notices).to_have_count(0)
        page.reload()
        expect(page.locator('.port[data-port="4000"]')).to_be_visible()
        expect(notices).to_have_count(0)
        assert page.evaluate("window.__opened") == []
        assert tab.complaints == []
    context.close()
