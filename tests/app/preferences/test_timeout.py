"""The timeout of all of one's workspaces, chosen in Settings."""

from tests.app.browser import Browser


async def test_it_is_chosen_and_shown(browser: Browser) -> None:
    page = await browser.go("/settings")
    assert '<option value="" selected>30 min, as usual here</option>' in page.text
    chosen = await browser.act("/settings/timeout", {"timeout": "2h"})
    assert chosen.status_code == 200
    assert '<option value="2h" selected>2 h</option>' in chosen.text
    assert "<html" not in chosen.text
    never = await browser.act("/settings/timeout", {"timeout": "none"})
    assert '<option value="none" selected>never</option>' in never.text
    assert (await browser.act("/settings/timeout", {"timeout": "25h"})).status_code == 400
