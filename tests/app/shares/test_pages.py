"""The dialog of share links as a person uses it, without a browser's script."""

import re

from tests.app.browser import Browser


async def test_a_link_is_made_shown_and_revoked(browser: Browser) -> None:
    workspace = await browser.create()
    place = f"/workspaces/{workspace}"
    asked = await browser.go(f"{place}/ports/3000/shares", **{"hx-request": "true"})
    assert "Share port 3000" in asked.text
    assert "data-share=" not in asked.text

    form = {"lasts": "1h", "password": "correct horse", "note": "Bob", "once": "true"}
    made = await browser.act(f"{place}/ports/3000/shares", form)
    assert made.status_code == 200, made.text
    assert "horse" not in made.text
    link = f"http://3000-{workspace}.ws.localhost:8080/.podium/share#ps_"
    assert f'data-copies="{link}' in made.text

    again = await browser.go(f"{place}/ports/3000/shares", **{"hx-request": "true"})
    for part in ("Bob", "password", "one browser", "not opened yet"):
        assert part in again.text
    page = await browser.go(place)
    assert "only you, and 1 link" in page.text
    assert link not in page.text, "the page itself holds no link"
    assert "Port 3000 is shared by a link with a password (Bob)." in page.text

    share = re.findall(r'data-share="(ps_[0-9a-f]{16})"', again.text)[0]
    gone = await browser.act(f"{place}/shares/{share}/revoke?port=3000")
    assert gone.status_code == 200
    assert "data-share=" not in gone.text
    assert "and 1 link" not in (await browser.go(place)).text


async def test_what_is_refused_is_said_above_the_page(browser: Browser) -> None:
    workspace = await browser.create()
    reply = await browser.act(f"/workspaces/{workspace}/ports/3000/shares", {"password": "short"})
    assert (reply.status_code, reply.headers["hx-retarget"]) == (400, "#notice")
    assert "share_password_short" in reply.text
