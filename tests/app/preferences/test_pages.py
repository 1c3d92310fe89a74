"""The Settings page as a person uses it, without a browser's script."""

from pathlib import Path

import msgspec
from msgspec import structs

from tests.app.browser import Browser
from wire.platformbackup import PlatformBackup

SAVED = PlatformBackup(tried_at=1.0, size=5_000_000, kept=3, folder="/mnt/safe", every=86_400.0)


async def test_it_has_its_sections_and_the_header_leads_there(browser: Browser) -> None:
    assert 'href="/settings"' in (await browser.go("/")).text
    page = await browser.go("/settings")
    assert page.status_code == 200
    for part in ("Git access", "Trust", "Appearance", 'aria-current="page">Settings'):
        assert part in page.text


async def test_a_token_is_kept_shown_as_a_row_and_never_itself(browser: Browser) -> None:
    form = {"host": "https://GitHub.com/ada", "token": "ghp_1", "username": ""}
    reply = await browser.act("/settings/tokens", form)
    assert reply.status_code == 200
    assert 'data-host="github.com"' in reply.text
    assert "not used yet" in reply.text
    page = await browser.go("/settings")
    assert 'data-host="github.com"' in page.text
    assert "ghp_1" not in reply.text + page.text


async def test_what_is_no_host_is_said_above_the_page(browser: Browser) -> None:
    reply = await browser.act("/settings/tokens", {"host": "h..org", "token": "ghp_1"})
    assert (reply.status_code, reply.headers["hx-retarget"]) == (400, "#notice")
    assert "host_invalid" in reply.text
    assert "ghp_1" not in reply.text


async def test_a_link_fills_in_the_host(browser: Browser) -> None:
    assert 'value="h.org:8443"' in (await browser.go("/settings?host=h.org:8443")).text
    assert 'name="host" value=""' in (await browser.go('/settings?host="><b>')).text


async def test_a_token_is_removed_after_a_question(browser: Browser) -> None:
    await browser.act("/settings/tokens", {"host": "h.org", "token": "t"})
    asked = await browser.go("/settings/tokens/remove?host=h.org", **{"hx-request": "true"})
    assert "Remove the token for h.org?" in asked.text
    assert 'hx-post="/settings/tokens/remove?host=h.org"' in asked.text
    reply = await browser.act("/settings/tokens/remove?host=h.org")
    assert "data-host=" not in reply.text


async def test_the_key_is_made_copied_and_replaced_after_a_question(browser: Browser) -> None:
    assert "Make a key" in (await browser.go("/settings")).text
    made = await browser.act("/settings/ssh-key/make")
    assert 'data-copies="ssh-ed25519 AAAA' in made.text
    asked = await browser.go("/settings/ssh-key/make", **{"hx-request": "true"})
    assert "Replace your ssh key?" in asked.text
    again = await browser.act("/settings/ssh-key/make")
    assert 'data-copies="ssh-ed25519 AAAA' in again.text
    assert again.text != made.text


async def test_a_host_is_forgotten(browser: Browser) -> None:
    reply = await browser.act("/settings/hosts/forget?host=h.org")
    assert reply.status_code == 200
    assert "data-known=" not in reply.text


async def test_trust_is_revoked_with_one_click(browser: Browser) -> None:
    await browser.server.public.post(
        "/api/v1/workspaces",
        json={"url": "https://h.org/ada/demo", "trust": True},
        headers=browser.server.bearer,
    )
    page = await browser.go("/settings")
    assert 'data-trusted="https://h.org/ada/demo"' in page.text
    assert "1 workspace" in page.text
    reply = await browser.act("/settings/trust/revoke?key=https%3A%2F%2Fh.org%2Fada%2Fdemo")
    assert reply.status_code == 200
    assert "data-trusted" not in reply.text
    assert "You are asked when you open a repository." in reply.text


async def test_the_platforms_own_backup_is_told_and_what_fails_on_the_list_too(
    browser: Browser,
) -> None:
    none = (await browser.go("/settings")).text
    assert "This installation" not in none
    file = Path(browser.server.settings.layout.platform_backup)
    now = browser.server.clock.now()
    file.write_bytes(msgspec.json.encode(structs.replace(SAVED, made_at=now - 7200)))
    page = (await browser.go("/settings")).text
    assert "2 h ago" in page
    assert "/mnt/safe" in page
    assert "could not be backed up" not in (await browser.go("/")).text
    failed = structs.replace(SAVED, made_at=now - 7200, failure="<b>No space</b>")
    file.write_bytes(msgspec.json.encode(failed))
    for path in ("/settings", "/"):
        page = (await browser.go(path)).text
        assert "The platform itself could not be backed up" in page
        assert "&lt;b&gt;No space" in page
        assert 'href="/docs/conditions#platform_backup_failed"' in page


async def test_why_new_workspaces_may_take_all_of_the_disk_is_told(browser: Browser) -> None:
    layout = browser.server.settings.layout
    assert "This installation" not in (await browser.go("/settings")).text
    Path(layout.limits).parent.mkdir(parents=True, exist_ok=True)
    Path(layout.limits).write_bytes(b'{"disk": "no <loop> device"}')
    page = (await browser.go("/settings")).text
    assert "none: no &lt;loop&gt; device" in page
