"""An address with a credential in it, as a person pastes it and as a program sends it."""

import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest_asyncio

from tests.app.browser import Browser
from tests.app.server import open_server

CARRIES = "https://ada:hush@h.org/ada/demo"
SECRET = "hush"


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


def stored(browser: Browser) -> str:
    """Everything in the database, as text."""
    path = str(browser.server.settings.layout.database)
    return "\n".join(sqlite3.connect(path).iterdump())


async def hosts(browser: Browser) -> list[str]:
    reply = await browser.server.public.get("/api/v1/git-access", headers=browser.server.bearer)
    return [one["host"] for one in reply.json()["tokens"]]


async def test_it_is_taken_out_offered_and_kept(browser: Browser) -> None:
    reply = await browser.act("/new/address", {"url": CARRIES})
    place = reply.headers["hx-redirect"]
    assert place.startswith("/new?url=https%3A%2F%2Fh.org%2Fada%2Fdemo&held_token=")
    page = await browser.go(place)
    assert "Keep the token of the address as yours for h.org" in page.text
    assert SECRET not in page.text + place
    found = re.search(r'name="held" value="([^"]+)"', page.text)
    assert found is not None
    form = {"url": "https://h.org/ada/demo", "trust": "yes", "held": found[1], "keep": "yes"}
    made = await browser.act("/new", form)
    assert made.headers["hx-redirect"].startswith("/start/")
    assert await hosts(browser) == ["h.org"]
    assert SECRET not in stored(browser)


async def test_not_kept_it_is_forgotten(browser: Browser) -> None:
    place = (await browser.act("/new/address", {"url": CARRIES})).headers["hx-redirect"]
    found = re.search(r'name="held" value="([^"]+)"', (await browser.go(place)).text)
    assert found is not None
    await browser.act("/new", {"url": "https://h.org/ada/demo", "held": found[1]})
    assert await hosts(browser) == []
    assert SECRET not in stored(browser)


async def test_an_address_bar_that_has_it_loses_it(browser: Browser) -> None:
    reply = await browser.go(f"/new?url={quote(CARRIES, safe='')}&ref=main")
    assert reply.status_code == 303
    assert SECRET not in reply.headers["location"]
    assert "ref=main" in reply.headers["location"]


async def test_who_has_a_token_is_asked_before_it_is_replaced(browser: Browser) -> None:
    await browser.act("/settings/tokens", {"host": "h.org", "token": "mine"})
    place = (await browser.act("/new/address", {"url": CARRIES})).headers["hx-redirect"]
    page = (await browser.go(place)).text
    assert "instead of the one you have" in page
    assert 'name="keep" value="yes">' in page


async def test_a_form_that_brings_it_all_the_same_shows_and_stores_none(browser: Browser) -> None:
    refused = await browser.act("/new", {"url": "https://ada:hush@h.org/"})
    assert refused.status_code == 422
    assert SECRET not in refused.text
    late = await browser.act("/new", {"url": CARRIES, "held": "x", "keep": "yes"})
    assert (late.status_code, "held_expired" in late.text) == (422, True)
    await browser.act("/new", {"url": CARRIES})
    assert SECRET not in stored(browser)


async def test_what_carries_nothing_goes_on(browser: Browser) -> None:
    reply = await browser.act("/new/address", {"url": "https://h.org/a"})
    assert reply.headers["hx-redirect"] == "/new?url=https%3A%2F%2Fh.org%2Fa"


async def test_a_program_gives_its_first_token_with_the_address(browser: Browser) -> None:
    server = browser.server
    reply = await server.public.post(
        "/api/v1/workspaces",
        json={"url": CARRIES},
        headers={**server.bearer, "idempotency-key": "k"},
    )
    assert reply.status_code == 201
    assert SECRET not in reply.text
    assert await hosts(browser) == ["h.org"]
    assert SECRET not in stored(browser)
