"""The start page of a workspace that was found stopped at one of its addresses."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest_asyncio

from tests.app.browser import Browser
from tests.app.server import open_server
from tests.app.workspaces.control import DONE
from tests.app.workspaces.test_pages import run, wait_for
from wire.agent import Observed


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


async def test_a_start_leads_back_to_the_address_that_was_found_stopped(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    await wait_for(browser, f"/start/{workspace}", "data-ready-url")
    assert (await browser.act(f"/workspaces/{workspace}/stop")).status_code == 204
    back = f"http://3000-{workspace}.ws.localhost:8080/orders?page=2&b=1"
    start = f"/start/{workspace}?back={quote(back, safe='')}"
    page = await wait_for(browser, start, 'data-state="stopped"')
    assert "data-open-url" not in page.text, "a port shows by itself that it is not there yet"
    assert f"&amp;back={quote(back)}" in page.text, "the live page leads back as well"
    here = {"hx_current_url": f"http://podium.localhost:8080{start}"}
    started = await browser.act(f"/workspaces/{workspace}/start", **here)
    assert (started.status_code, started.headers.get("hx-redirect")) == (204, None)
    await wait_for(browser, start, 'data-step="supervisor" data-state="working"')
    await browser.server.agents.connected(f"{workspace}.2")
    await browser.server.agents.observed(
        f"{workspace}.2", Observed(version=1, checkout=DONE, ide=DONE)
    )
    page = await wait_for(browser, start, "data-ready-url")
    assert f'data-ready-url="{back.replace("&", "&amp;")}"' in page.text
    assert "Open port 3000" in page.text


async def test_a_start_leads_to_no_other_place(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    page = await wait_for(browser, f"/start/{workspace}?back=https://evil.example/", "data-ready-")
    assert "evil.example" not in page.text
    assert "Open VS Code" in page.text
