"""Variables on the Settings page."""

from sqlalchemy import select

from app.db.accounts import UserRow
from tests.app.browser import Browser

SECRET = "hush-hush"


async def test_one_is_added_changed_and_removed_and_its_value_never_comes_back(
    browser: Browser,
) -> None:
    variables = browser.server.app.state.variables
    assert "None yet." in (await browser.go("/settings")).text
    form = {"name": "KEY", "value": f"{SECRET}\r\nline", "pattern": ""}
    added = await browser.act("/settings/variables", form)
    assert added.status_code == 200
    assert "in every repository" in added.text
    assert "<html" not in added.text

    where = "?name=KEY&pattern=*/**"
    asked = await browser.go(f"/settings/variables/change{where}", **{"hx-request": "true"})
    assert 'value="KEY"' in asked.text
    moved = {"name": "TOKEN", "value": "", "pattern": "Ada/*"}
    changed = await browser.act(f"/settings/variables/change{where}", moved)
    assert 'data-variable="TOKEN"' in changed.text
    assert 'data-variable="KEY"' not in changed.text
    page = await browser.go("/settings")
    assert SECRET not in added.text + asked.text + changed.text + page.text
    async with browser.server.app.state.database.read() as session:
        owner = (await session.execute(select(UserRow.id))).scalar_one()
    given = await variables.of_workspace(owner, "https://h.org/ada/demo")
    assert given == {"TOKEN": f"{SECRET}\nline"}

    where = "?name=TOKEN&pattern=ada/*"
    asked = await browser.go(f"/settings/variables/remove{where}", **{"hx-request": "true"})
    assert "Remove TOKEN?" in asked.text
    gone = await browser.act(f"/settings/variables/remove{where}")
    assert "data-variable=" not in gone.text
    assert (await browser.act(f"/settings/variables/change{where}", moved)).status_code == 404
    asked = await browser.go(f"/settings/variables/change{where}", **{"hx-request": "true"})
    assert asked.status_code == 404


async def test_what_cannot_be_one_is_said_above_the_page(browser: Browser) -> None:
    for name, pattern, code in (
        ("PODIUM_X", "", "variable_invalid"),
        ("X", "alone", "pattern_invalid"),
    ):
        reply = await browser.act("/settings/variables", {"name": name, "pattern": pattern})
        assert (reply.status_code, reply.headers["hx-retarget"]) == (400, "#notice")
        assert code in reply.text
    refused = await browser.act("/settings/variables", {"name": "1 X", "pattern": ""})
    assert refused.status_code in {400, 422}
