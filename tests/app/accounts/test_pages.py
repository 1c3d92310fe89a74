"""Sign-in pages, and what answers where nothing is."""

import pytest

from tests.app.browser import Browser
from tests.app.server import Server


async def test_the_sign_in_page_says_how(browser: Browser) -> None:
    page = await browser.go("/sign-in?next=/new")
    assert page.status_code == 200
    assert page.text.count(">podium login-link<") == 1
    assert 'data-next="/new"' in page.text
    assert "x-csrf-token" not in page.text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/%5Cevil", "/%0a"])
@pytest.mark.parametrize("page", ["/sign-in", "/auth/link"])
async def test_next_is_a_path_of_ours(browser: Browser, page: str, path: str) -> None:
    assert 'data-next="/"' in (await browser.go(f"{page}?next={path}")).text


async def test_who_is_signed_in_goes_on(browser: Browser) -> None:
    await browser.sign_in()
    reply = await browser.go("/sign-in?next=/new")
    assert (reply.status_code, reply.headers["location"]) == (303, "/new")
    reply = await browser.go("/sign-in?next=//evil.example")
    assert reply.headers["location"] == "/"


async def test_the_links_page_carries_no_token(browser: Browser) -> None:
    page = await browser.go("/auth/link")
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "same-origin"
    assert "data-link-here" in page.text


async def test_an_unknown_address_is_a_page_for_people(browser: Browser, server: Server) -> None:
    page = await browser.go("/nothing/here")
    assert page.status_code == 404
    assert "There is nothing at this address" in page.text
    assert "Sign out" not in page.text
    await browser.sign_in()
    assert "Sign out" in (await browser.go("/nothing/here")).text
    program = await server.public.get("/nothing/here")
    assert program.headers["content-type"] == "application/problem+json"
    api = await browser.go("/api/v2/x")
    assert (api.status_code, api.json()["code"]) == (404, "not_found")


async def test_what_is_in_the_address_is_escaped(browser: Browser) -> None:
    page = await browser.go("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status_code == 404
    assert "<script>alert" not in page.text
    page = await browser.go('/sign-in?next=/"><script>alert(1)</script>')
    assert "<script>alert" not in page.text
