"""The page of a start elsewhere, as a browser gets it."""

from pathlib import Path

from sqlalchemy import update

from app.db.workspaces import InstanceRow, WorkspaceRow
from tests.app.browser import Browser
from tests.app.content.serving import open_serving


async def test_how_old_it_would_be_is_said_first(tmp_path: Path) -> None:
    async with open_serving(tmp_path) as serving:
        browser = Browser(serving.server)
        await browser.sign_in()
        place = f"/workspaces/{serving.workspace}"
        here = await browser.go(f"{place}/elsewhere")
        assert "local, which answers" in here.text
        assert "<b>Node local answers.</b>" in here.text
        assert "Its node is lost?" not in (await browser.go(f"{place}/points")).text
        async with serving.server.app.state.database.write() as session:
            await session.execute(update(WorkspaceRow).values(node="b"))
        assert "Its node is lost?" in (await browser.go(f"{place}/points")).text
        lost = await browser.go(f"{place}/elsewhere")
        assert "b, which does not answer" in lost.text
        assert "Last restore point" in lost.text
        assert "may still run it" in lost.text
        refused = await browser.act(f"{place}/elsewhere")
        assert refused.status_code == 409
        assert "may still run it" in refused.text


async def test_what_waits_for_a_node_that_is_away_says_for_which(tmp_path: Path) -> None:
    async with open_serving(tmp_path) as serving:
        browser = Browser(serving.server)
        await browser.sign_in()
        waits = {"node": "b", "content": "none", "archived_at": 1.0, "restoring": "rs-1"}
        async with serving.server.app.state.database.write() as session:
            await session.execute(update(InstanceRow).values(live=False, phase="stopped"))
            await session.execute(update(WorkspaceRow).values(wish="running", **waits))
        place = f"/workspaces/{serving.workspace}"
        for page in (place, f"/start/{serving.workspace}"):
            said = (await browser.go(page)).text
            link = f'as soon as <a href="{place}/elsewhere">node b</a> answers'
            assert f"Its files are brought back from its restore point {link}" in said
