"""What new workspaces open with, chosen in Settings and by the API."""

from msgspec.structs import replace

from app.ides.resolve import Policy
from tests.app.browser import Browser

PREFERENCES = "/api/v1/preferences"


async def test_it_is_chosen_shown_and_offered_where_a_workspace_is_made(browser: Browser) -> None:
    page = await browser.go("/settings")
    assert '<option value="vscode" selected>VS Code</option>' in page.text
    chosen = await browser.act("/settings/ide", {"ide": "terminal"})
    terminals = '<option value="terminal" selected>Terminals only, without an editor</option>'
    assert terminals in chosen.text
    assert "<html" not in chosen.text
    assert terminals in (await browser.go("/new?url=https://h.org/ada/demo")).text
    assert (await browser.act("/settings/ide", {"ide": "emacs"})).status_code == 400


async def test_programs_see_and_change_it(browser: Browser) -> None:
    client, bearer = browser.server.public, browser.server.bearer
    assert (await client.get(PREFERENCES, headers=bearer)).json() == {
        "ide": "vscode",
        "profile": True,
        "time_zone": "",
    }
    wanted = {"ide": "terminal", "profile": False, "time_zone": "Europe/Berlin"}
    changed = await client.patch(PREFERENCES, json=wanted, headers=bearer)
    assert changed.json() == wanted
    page = await browser.go("/settings")
    assert "Europe/Berlin" in page.text
    wrong = await client.patch(PREFERENCES, json={"time_zone": "/etc"}, headers=bearer)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "time_zone_invalid")


async def test_what_goes_along_is_switched_off_and_forgotten_on_the_page(browser: Browser) -> None:
    page = await browser.go("/settings")
    assert "Nothing is kept yet." in page.text
    off = await browser.act("/settings/profile", {})
    assert 'name="profile" value="yes" hx-post' in off.text
    on = await browser.act("/settings/profile", {"profile": "yes"})
    assert 'name="profile" value="yes" checked' in on.text
    assert (await browser.act("/settings/profile/forget", {})).status_code == 200


async def test_a_choice_that_is_not_allowed_any_more_is_told_and_not_offered(
    browser: Browser,
) -> None:
    await browser.act("/settings/ide", {"ide": "jupyterlab"})
    store, ides = browser.server.app.state.store, browser.server.app.state.ides
    fewer = replace(store.ides, policy=Policy(frozenset({"vscode", "terminal"})))
    store.ides = ides.catalogue = fewer
    held = (await browser.go("/settings")).text.partition('<option value="jupyterlab" selected>')[2]
    assert held.partition("<")[0].endswith("not allowed here")
    page = (await browser.go("/new?url=https://h.org/ada/demo")).text
    assert '<option value="vscode" selected>VS Code</option>' in page
    assert "JupyterLab is not allowed here: VS Code opens instead." in page
    assert "zed" not in page
    assert (await browser.act("/settings/ide", {"ide": "zed"})).status_code == 400
