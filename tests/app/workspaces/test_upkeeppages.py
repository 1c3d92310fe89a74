"""Dialogs and buttons for names, pins, restarts, and stopping many."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.browser import Browser
from tests.app.server import open_server
from tests.app.workspaces.test_pages import run, wait_for


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


async def test_a_workspace_gets_another_name(browser: Browser) -> None:
    workspace = await browser.create()
    dialog = await browser.go(f"/workspaces/{workspace}/rename")
    assert 'value="demo"' in dialog.text
    assert "<html" not in dialog.text
    named = await browser.act(f"/workspaces/{workspace}/rename", {"name": "Payments"})
    assert named.status_code == 204
    assert ">Payments</a>" in (await browser.go("/")).text
    refused = await browser.act(f"/workspaces/{workspace}/rename", {"name": " "})
    assert refused.status_code == 400
    assert refused.headers["hx-retarget"] == "#notice"
    assert (await browser.act(f"/workspaces/{workspace}/rename", {"name": ""})).status_code == 422


async def test_a_pinned_one_stands_first(browser: Browser) -> None:
    first = await browser.create()
    browser.server.clock.advance(1)
    second = await browser.create()
    page = (await browser.go("/")).text
    assert page.index(f"row-{second}") < page.index(f"row-{first}")
    assert (await browser.act(f"/workspaces/{first}/pin?pinned=true")).status_code == 204
    page = (await browser.go("/")).text
    assert page.index(f"row-{first}") < page.index(f"row-{second}")
    assert "Unpin" in page
    assert (await browser.act(f"/workspaces/{first}/pin?pinned=false")).status_code == 204
    assert "Unpin" not in (await browser.go("/")).text


async def test_a_restart_leads_to_the_start_page(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    assert "Restart" in (await wait_for(browser, "/", "Restart")).text
    reply = await browser.act(f"/workspaces/{workspace}/restart")
    assert reply.headers["hx-redirect"] == f"/start/{workspace}"
    await wait_for(browser, f"/workspaces/{workspace}", "Start 2")


async def test_several_are_stopped_from_one_dialog(browser: Browser) -> None:
    assert "Nothing runs" in (await browser.go("/stop")).text
    names = [await browser.create() for _ in range(2)]
    assert 'hx-get="/stop"' in (await browser.go("/")).text
    dialog = (await browser.go("/stop")).text
    assert all(f'value="{one}" checked' in dialog for one in names)
    reply = await browser.server.public.post(
        "/stop",
        content=f"workspace={names[0]}&workspace={names[1]}",
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "origin": "http://podium.localhost:8080",
            "x-csrf-token": browser.csrf,
            **browser.cookies,
        },
    )
    assert reply.status_code == 204, reply.text
    for one in names:
        await wait_for(browser, f"/workspaces/{one}", 'data-tab-word="stopped"')


async def test_one_chosen_and_none_chosen_work_as_well(browser: Browser) -> None:
    workspace = await browser.create()
    assert (await browser.act("/stop")).status_code == 204
    assert (await browser.act("/stop", {"workspace": workspace})).status_code == 204
    await wait_for(browser, f"/workspaces/{workspace}", 'data-tab-word="stopped"')


async def test_what_it_opens_with_is_chosen_on_its_page(browser: Browser) -> None:
    workspace = await browser.create()
    place = f"/workspaces/{workspace}/ide"
    assert (await browser.act(place, {"ide": "terminal"})).status_code == 204
    page = (await browser.go(f"/workspaces/{workspace}")).text
    assert '<option value="terminal" selected>' in page
    assert (await browser.act(place, {"ide": "emacs"})).status_code == 400
