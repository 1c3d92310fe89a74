"""The build of a start's image on its page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from httpx import Response

from app.db.imagebuilds import ImageBuildWaitRow
from app.db.workspaces import WorkspaceRow
from app.imagebuilds.assembly import Building
from app.imagebuilds.builds import Order, Recipe, Standing
from app.imagebuilds.states import BuildEvent, BuildState, problem_of
from app.workspaces.imagebuild import STOP_POLLING
from tests.app.browser import Browser
from tests.app.server import open_server
from tests.waiting import until


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


def building(browser: Browser) -> Building:
    found = browser.server.app.state.building
    assert isinstance(found, Building)
    return found


async def begun(browser: Browser, workspace: str) -> Standing:
    """Let the workspace's start wait for a build that runs."""
    browser.server.node.script.hold("prepare")
    builds = building(browser).builds
    async with builds.database.read() as session:
        row = await session.get(WorkspaceRow, workspace)
    assert row is not None
    order = Order(
        key="a" * 64,
        owner=row.owner_id,
        organisation=row.organisation_id,
        url="https://h.org/ada/demo",
        revision="0" * 40,
        folder="demo",
        partial=False,
        recipe=Recipe(dockerfile="Dockerfile", context=""),
        base="",
        base_digest="",
    )
    standing = await builds.begin(order)
    async with builds.database.write() as session:
        session.add(ImageBuildWaitRow(instance_id=f"{workspace}.1", build_id=standing.id))
    return standing


async def test_a_build_s_log_is_shown_with_its_colours_and_kept(browser: Browser) -> None:
    workspace = await browser.create()
    none = await browser.go(f"/workspaces/{workspace}/image-build")
    assert none.status_code in {204, 286}
    standing = await begun(browser, workspace)
    await building(browser).builds.happen(standing.id, BuildEvent.PLACED)
    await building(browser).working.said(standing.id, 0, b"\x1b[31mSTEP 1 <b>\x1b[0m\r\n")
    page = await browser.go(f"/workspaces/{workspace}/image-build?open=true")
    assert '<span class="red">STEP 1 &lt;b&gt;</span>' in page.text
    assert "Cancel the build" in page.text
    assert "every 1s" in page.text
    mark = page.text.partition("have=")[2].partition("&")[0]
    again = await browser.go(f"/workspaces/{workspace}/image-build?have={mark}")
    assert again.status_code == 204
    place = len(b"\x1b[31mSTEP 1 <b>\x1b[0m\r\n")
    await building(browser).working.said(standing.id, place, b"and more\n")
    grown = await browser.go(f"/workspaces/{workspace}/image-build?have={mark}")
    assert '<span class="red">STEP 1 &lt;b&gt;</span>' in grown.text
    assert "and more" in grown.text
    problem = problem_of("step_failed", "exit status 100")
    await building(browser).builds.happen(standing.id, BuildEvent.FAILED, problem=problem)
    failed = await browser.go(f"/workspaces/{workspace}/image-build")
    assert "A step of the Dockerfile failed" in failed.text
    assert "exit status 100" in failed.text
    assert "every 1s" not in failed.text
    whole = await browser.go(f"/workspaces/{workspace}/image-build/log")
    assert whole.text.startswith("\x1b[31mSTEP 1")
    assert whole.headers["content-type"].startswith("text/plain")


async def test_a_build_is_cancelled_by_who_waits_for_it(browser: Browser) -> None:
    workspace = await browser.create()
    standing = await begun(browser, workspace)
    queued = await browser.go(f"/workspaces/{workspace}/image-build")
    assert "is being built" in queued.text or "is next" in queued.text
    assert (await browser.act(f"/workspaces/{workspace}/image-build/cancel", {})).status_code == 204
    ended = await building(browser).builds.one(standing.id)
    assert ended is not None
    assert ended.state is BuildState.CANCELLED
    page = await browser.go(f"/workspaces/{workspace}/image-build")
    assert "cancelled; the default image is used" in page.text


async def test_a_start_without_a_build_has_no_log_of_one(browser: Browser) -> None:
    workspace = await browser.create()
    assert (await browser.go(f"/workspaces/{workspace}/image-build/log")).status_code == 404
    assert (await browser.act(f"/workspaces/{workspace}/image-build/cancel", {})).status_code == 204


async def test_a_start_that_is_over_without_a_build_is_not_asked_about_again(
    browser: Browser,
) -> None:
    workspace = await browser.create()
    await browser.act(f"/workspaces/{workspace}/stop", {})
    replies: list[Response] = []

    async def over() -> bool:
        replies.append(await browser.go(f"/workspaces/{workspace}/image-build"))
        return replies[-1].status_code == STOP_POLLING

    await until(over)
    assert {one.text for one in replies} == {""}
