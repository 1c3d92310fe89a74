"""Dotfiles on the Settings page, and in the API."""

from tests.app.browser import Browser

URL = "https://h.org/ada/dotfiles"
API = "/api/v1/dotfiles"


async def test_they_are_chosen_shown_and_given_up(browser: Browser) -> None:
    assert "Use none" not in (await browser.go("/settings")).text
    chosen = await browser.act("/settings/dotfiles", {"repository": f"{URL}.git"})
    assert chosen.status_code == 200
    assert f'value="{URL}"' in chosen.text
    assert "<html" not in chosen.text
    assert f'value="{URL}"' in (await browser.go("/settings")).text
    none = await browser.act("/settings/dotfiles", {"repository": ""})
    assert (none.status_code, "Use none" in none.text) == (200, False)
    wrong = await browser.act("/settings/dotfiles", {"repository": "ftp://h.org/x"})
    assert (wrong.status_code, wrong.headers["hx-retarget"]) == (400, "#notice")


async def test_the_api_says_and_takes_it(browser: Browser) -> None:
    api, bearer = browser.server.public, browser.server.bearer
    reply = await api.put(API, json={"repository": "h.org/ada/dotfiles"}, headers=bearer)
    assert (reply.status_code, reply.json()) == (200, {"repository": URL})
    assert (await api.get(API, headers=bearer)).json() == {"repository": URL}
    assert (await api.get(API)).status_code == 401
