"""Errors on pages: a whole page for a navigation, a notice for an action, a form for a form."""

from app.db.sessions import Database
from tests.app.browser import Browser

UNKNOWN = "amber-otter-0000000000"


async def test_a_navigation_gets_a_page_with_cause_and_cure(browser: Browser) -> None:
    await browser.sign_in()
    page = await browser.go(f"/workspaces/{UNKNOWN}")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    for text in ("There is no such workspace", "it is not yours", "workspace_unknown", "Sign out"):
        assert text in page.text


async def test_an_action_gets_a_notice_above_its_page(browser: Browser) -> None:
    await browser.sign_in()
    reply = await browser.act(f"/workspaces/{UNKNOWN}/stop")
    assert reply.status_code == 404
    assert reply.headers["hx-retarget"] == "#notice"
    assert reply.headers["hx-reswap"] == "innerHTML"
    assert 'role="alert"' in reply.text
    assert "<html" not in reply.text


async def test_a_form_that_is_not_valid_is_a_422_for_people(browser: Browser) -> None:
    await browser.sign_in()
    reply = await browser.act("/new", {"url": "x" * 3000})
    assert reply.status_code == 422
    assert reply.headers["content-type"].startswith("text/html")
    assert "The request is not valid" in reply.text


async def test_a_mistake_of_ours_tells_nothing_of_itself(browser: Browser) -> None:
    await browser.sign_in()
    database: Database = browser.server.app.state.database
    database._read = None  # type: ignore[assignment] # any failure of ours
    page = await browser.go("/sign-in")
    assert page.status_code == 500
    assert "Podium made a mistake" in page.text
    assert "NoneType" not in page.text
