"""Keys on the Settings page, and a password in a workspace's dialog."""

from tests.app.browser import Browser
from tests.app.sshaccess.conftest import new_key
from tests.app.workspaces.control import DEMO


async def test_a_key_is_added_shown_and_removed_after_a_question(browser: Browser) -> None:
    assert "SSH into workspaces" in (await browser.go("/settings")).text
    line = new_key()
    reply = await browser.act("/settings/ssh-keys", {"key": line, "title": ""})
    assert reply.status_code == 200
    assert "me@laptop" in reply.text
    key = reply.text.partition('data-key="')[2].partition('"')[0]
    asked = await browser.go(f"/settings/ssh-keys/remove?key={key}", **{"hx-request": "true"})
    assert "Remove the key me@laptop?" in asked.text
    assert f'hx-post="/settings/ssh-keys/remove?key={key}"' in asked.text
    gone = await browser.act(f"/settings/ssh-keys/remove?key={key}")
    assert "data-key=" not in gone.text


async def test_what_is_no_key_is_said_above_the_page(browser: Browser) -> None:
    reply = await browser.act("/settings/ssh-keys", {"key": "x", "title": "t"})
    assert (reply.status_code, reply.headers["hx-retarget"]) == (400, "#notice")
    assert "key_invalid" in reply.text


async def test_a_password_is_shown_once_in_the_dialog(browser: Browser) -> None:
    server = browser.server
    made = await server.public.post(
        "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
    )
    workspace = made.json()["id"]
    page = await browser.go(f"/workspaces/{workspace}")
    assert f"ssh {workspace}@localhost -p 2222" in page.text
    shown = await browser.act(f"/workspaces/{workspace}/ssh-password")
    assert shown.status_code == 200
    assert 'id="ssh-password"' in shown.text
    assert shown.text.count(f"ssh {workspace}@localhost") == 2
