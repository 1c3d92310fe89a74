"""An unknown ssh host is shown where the start failed, and accepted with one click."""

from httpx import Response

from tests.app.browser import Browser
from tests.app.gitaccess.test_service import HOST_KEY
from tests.waiting import until
from wire.problems import Problem

FINGERPRINT = "SHA256:+shown/"
QUOTED = "SHA256%3A%2Bshown/"
SUBJECT = {
    "host": "h.org:2222",
    "scheme": "ssh",
    "algorithm": "ssh-ed25519",
    "key": HOST_KEY,
    "fingerprint": FINGERPRINT,
}
UNKNOWN = Problem(
    code="host_key_unknown",
    title="The ssh host is not known yet",
    detail=FINGERPRINT,
    subject=SUBJECT,
)


async def failed(browser: Browser, problem: Problem) -> tuple[str, Response]:
    """Make a workspace whose clone fails like this; returns its id and its start page."""
    browser.server.node.script.fail("prepare", problem)
    workspace = await browser.create()

    async def stopped() -> Response | None:
        page = await browser.go(f"/start/{workspace}")
        return page if "Try again" in page.text else None

    page = await until(stopped)
    assert isinstance(page, Response)
    return workspace, page


async def test_the_key_is_shown_accepted_and_the_start_made_again(browser: Browser) -> None:
    workspace, page = await failed(browser, UNKNOWN)
    assert FINGERPRINT in page.text
    path = f"/workspaces/{workspace}/accept-host-key?fingerprint={QUOTED}"
    assert f'hx-post="{path}"' in page.text
    reply = await browser.act(path)
    assert (reply.status_code, reply.headers["hx-redirect"]) == (204, f"/start/{workspace}")
    assert 'data-known="h.org:2222"' in (await browser.go("/settings")).text
    again = await browser.act(path)
    assert (again.status_code, "host_key_other" in again.text) == (409, True)


async def test_only_the_key_that_was_shown_is_accepted(browser: Browser) -> None:
    workspace, _page = await failed(browser, UNKNOWN)
    for other in ("", "?fingerprint=SHA256:other"):
        reply = await browser.act(f"/workspaces/{workspace}/accept-host-key{other}")
        assert reply.status_code == 409
    assert "data-known" not in (await browser.go("/settings")).text


async def test_a_changed_key_cannot_be_accepted_there(browser: Browser) -> None:
    changed = Problem(code="host_key_changed", title="Another key", subject=SUBJECT)
    workspace, page = await failed(browser, changed)
    assert "accept-host-key" not in page.text
    assert 'href="/settings#git-access"' in page.text
    path = f"/workspaces/{workspace}/accept-host-key?fingerprint={QUOTED}"
    assert (await browser.act(path)).status_code == 409


async def test_a_missing_token_leads_to_its_form(browser: Browser) -> None:
    subject = {"host": "h.org:8443", "scheme": "https"}
    missing = Problem(code="clone_auth_required", title="It asks", subject=subject)
    _workspace, page = await failed(browser, missing)
    assert 'href="/settings?host=h.org%3A8443#git-access"' in page.text
