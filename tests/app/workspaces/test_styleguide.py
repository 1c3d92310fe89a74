"""The living page of components: every state on it, and only where somebody develops."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from litestar.testing import RequestFactory

from app.web.assets import FRONTEND, Assets
from app.web.render import Renderer, Shell
from app.workspaces.styleguide import COLOURS, PROBLEM, StyleguideContext, samples
from tests.app.browser import Browser
from tests.app.server import open_server


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        yield Browser(server)


async def test_where_nobody_develops_there_is_no_such_page(browser: Browser) -> None:
    assert (await browser.go("/styleguide")).status_code == 404


def test_every_state_is_on_it() -> None:
    looks = samples(1_700_000_000.0)
    assert {one.state for one in looks} == {
        "running",
        "starting",
        "stopping",
        "failed",
        "stopped",
    }
    renderer = Renderer(Assets())
    context = StyleguideContext(COLOURS, looks, PROBLEM)
    page = renderer.page(RequestFactory().get("/"), Shell("Styleguide"), context)
    for look in looks:
        assert f'data-state="{look.state}"' in page.content


def test_its_colours_are_tokens() -> None:
    tokens = (FRONTEND / "static" / "css" / "tokens.css").read_text()
    for name in COLOURS:
        assert f"--{name}:" in tokens
