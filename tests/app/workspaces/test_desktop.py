"""The page that leads into a program on the person's computer."""

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


async def test_it_holds_the_link_what_to_install_and_the_others(browser: Browser) -> None:
    workspace = await browser.create()
    page = await browser.go(f"/workspaces/{workspace}/desktop?ide=zed")
    assert page.status_code == 200
    assert f'href="zed://ssh/{workspace}@localhost:2222/workspace/' in page.text
    assert "Install Zed, from zed.dev." in page.text
    assert f"ssh {workspace}@localhost -p 2222" in page.text
    assert f"/workspaces/{workspace}/desktop?ide=cursor" in page.text
    assert f"/workspaces/{workspace}/desktop?ide=zed" not in page.text


async def test_an_editor_in_the_browser_has_no_such_page(browser: Browser) -> None:
    workspace = await browser.create()
    page = await browser.go(f"/workspaces/{workspace}/desktop?ide=jupyterlab")
    assert page.status_code == 400
    assert "This is no editor on a computer" in page.text


async def test_a_workspace_of_nobody_is_missing(browser: Browser) -> None:
    assert (await browser.go("/workspaces/amber-otter-0000000000/desktop")).status_code == 404
