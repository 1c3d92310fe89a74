"""A workspace that opens to terminals only, as its people see it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.browser import Browser
from tests.app.server import open_server


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


async def test_terminals_are_on_the_workspaces_own_host(browser: Browser) -> None:
    workspace = await browser.create()
    page = await browser.go(f"/workspaces/{workspace}/terminals")
    there = f"http://{workspace}.ws."
    assert page.status_code == 303
    assert page.headers["location"].startswith(there)
    assert page.headers["location"].endswith("/_supervisor/terminals")
    one = await browser.go(f"/workspaces/{workspace}/terminals?id=../x")
    assert one.headers["location"].endswith("/_supervisor/terminals/..%2Fx")
    assert (await browser.go("/workspaces/none/terminals")).status_code == 404


async def test_terminals_only_are_opened_without_the_editors_files(browser: Browser) -> None:
    form = {"url": "https://h.org/ada/demo", "trust": "yes", "ide": "terminal"}
    made = await browser.act("/new", form, x_time_zone="Asia/Tokyo")
    assert made.headers["hx-redirect"].startswith("/start/")
    start = await browser.go(made.headers["hx-redirect"])
    assert "The terminals open here by themselves." in start.text
    assert "Asia/Tokyo" in (await browser.go("/settings")).text
