"""Pages of restore points, as a browser gets them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.content.pages import days_of
from tests.app.browser import Browser
from tests.app.content.serving import Serving, open_serving
from tests.waiting import until
from wire.problems import Problem


@pytest_asyncio.fixture
async def serving(tmp_path: Path) -> AsyncIterator[Serving]:
    async with open_serving(tmp_path) as opened:
        yield opened


async def test_the_list_leads_to_folders_and_a_restore(serving: Serving) -> None:
    browser = Browser(serving.server)
    await browser.sign_in()
    place = f"/workspaces/{serving.workspace}"
    page = await browser.go(f"{place}/points")
    assert "Everything in it is backed up" in page.text
    (point,) = (await serving.get("/points"))["points"]
    assert f"{place}/points/{point['id']}" in page.text
    folder = await browser.go(f"{place}/points/{point['id']}?path=workspace%2Fdemo")
    assert "a.txt" in folder.text
    assert "format=zip" in folder.text
    dialog = await browser.go(f"{place}/points/{point['id']}/restore")
    assert "becomes a restore point first" in dialog.text
    pinned = await browser.act(f"{place}/points/{point['id']}/pin?pinned=true")
    assert "Unpin" in pinned.text
    asked = await browser.act(f"{place}/points")
    assert 'id="points"' in asked.text
    restored = await browser.act(f"{place}/points/{point['id']}/restore")
    assert restored.headers["hx-redirect"] == f"{place}/points"
    copied = await browser.act(f"{place}/points/{point['id']}/workspace")
    assert copied.headers["hx-redirect"].startswith("/workspaces/")
    detail = await browser.go(place)
    assert f"{place}/points" in detail.text


async def test_a_deletion_whose_last_point_fails_is_said_and_may_be_freed(serving: Serving) -> None:
    browser = Browser(serving.server)
    await browser.sign_in()
    place = f"/workspaces/{serving.workspace}"
    full = Problem(code="disk_full_backup", title="There is no space for the backup")
    assert serving.server.points is not None
    serving.server.node.script.fail("backup", full)
    await serving.post("/points")

    async def failed() -> bool:
        return "It is not backed up" in (await browser.go(f"{place}/delete")).text

    await until(failed)
    for _ in range(9):
        serving.server.node.script.fail("backup", full)
    async with serving.server.app.state.store.change() as change:
        row = await change.workspace(serving.workspace)
        row.backed_up_stop = -1
    await browser.act(f"{place}/delete")

    async def pending() -> bool:
        return "Last restore point pending" in (await browser.go("/deleted")).text

    await until(pending)
    dialog = await browser.go(f"/deleted/{serving.workspace}/free")
    assert full.title in dialog.text
    freed = await browser.act(f"/deleted/{serving.workspace}/free")
    assert freed.headers["hx-redirect"] == "/deleted"
    assert "pending" not in (await browser.go("/deleted")).text


async def test_a_deletion_says_until_when_and_can_be_undone(serving: Serving) -> None:
    browser = Browser(serving.server)
    await browser.sign_in()
    place = f"/workspaces/{serving.workspace}"
    dialog = await browser.go(f"{place}/delete")
    assert "You can restore it until" in dialog.text
    assert "cannot be undone" not in dialog.text
    empty = await browser.go("/deleted")
    assert "Nothing was deleted lately" in empty.text
    assert "7 days" in empty.text
    await browser.act(f"{place}/delete")

    async def listed() -> bool:
        return serving.workspace in (await browser.go("/deleted")).text

    await until(listed)
    points = await browser.go(f"{place}/points")
    assert "Back up now" not in points.text
    back = await browser.act(f"/deleted/{serving.workspace}/restore")
    assert back.headers["hx-redirect"] == place


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (3600, "1 h"), (86400, "1 day"), (604800, "7 days")]
)
def test_days(seconds: float, words: str) -> None:
    assert days_of(seconds) == words
