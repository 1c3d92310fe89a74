"""The live connection as a conversation: what changes, what a page is sent."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from app.web.events import BACKLOG, Hint, Hints
from app.workspaces import speaking
from tests.app.browser import Browser, Socket
from tests.app.server import open_server
from tests.app.workspaces.control import DONE
from tests.waiting import until
from wire.agent import Observed, SaidLine
from wire.usage import Usage

HEAD = re.compile(r"<!--podium (\d+) (\w+) [\d.]+-->(.*)", re.DOTALL)


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


def hints(browser: Browser) -> Hints:
    found = browser.server.app.state.hints
    assert isinstance(found, Hints)
    return found


async def said(socket: Socket) -> tuple[int, str, str]:
    """Return number, kind and elements of the next message."""
    found = HEAD.fullmatch(await socket.text())
    assert found is not None
    return int(found.group(1)), found.group(2), found.group(3)


async def accepted(socket: Socket) -> None:
    assert (await socket.next())["type"] == "websocket.accept"


async def supervised(browser: Browser) -> str:
    """Make a workspace whose supervisor is awaited; nothing changes until it is played."""
    workspace = await browser.create()

    async def there() -> bool:
        page = await browser.go(f"/start/{workspace}")
        return 'data-step="supervisor" data-state="working"' in page.text

    await until(there)
    return workspace


async def test_the_first_message_is_what_came_since_the_page(browser: Browser) -> None:
    async with browser.live("view=list&seen=dold") as socket:
        await accepted(socket)
        number, kind, text = await said(socket)
        assert (number, kind) == (1, "fragment")
        assert text.startswith('<div id="groups"')
        assert 'hx-swap-oob="true"' in text
    seen = re.search(r'data-version="(d[0-9a-f]+)"', text)
    assert seen is not None
    async with browser.live(f"view=list&seen={seen.group(1)}") as socket:
        await accepted(socket)
        assert await said(socket) == (1, "fragment", "")


async def test_a_row_is_renewed_in_place_and_a_new_one_renews_the_groups(browser: Browser) -> None:
    async with browser.live("view=list") as socket:
        await accepted(socket)
        await said(socket)
        workspace = await supervised(browser)
        number, rows, latest = 1, 0, ""
        while "waiting for the supervisor" not in latest:
            following, kind, latest = await said(socket)
            number += 1
            assert (following, kind) == (number, "fragment")
            rows += latest.startswith("<li")
        assert rows >= 1
        await browser.server.agents.connected(f"{workspace}.1")
        following, _, latest = await said(socket)
        assert following == number + 1
        assert latest.startswith(f'<li class="row" id="row-{workspace}"')


async def test_a_start_is_followed_to_its_end(browser: Browser) -> None:
    workspace = await supervised(browser)
    async with browser.live(f"view=start&workspace={workspace}") as socket:
        await accepted(socket)
        _, _, text = await said(socket)
        assert text.startswith('<div id="progress"')
        agents, name = browser.server.agents, f"{workspace}.1"
        await agents.connected(name)
        await agents.observed(name, Observed(version=1, checkout=DONE, ide=DONE))
        while "data-ready-url" not in text:
            _, kind, text = await said(socket)
            assert kind == "fragment"


async def test_a_page_hears_of_its_workspace_only(browser: Browser) -> None:
    one, other = await supervised(browser), await supervised(browser)
    async with browser.live(f"view=workspace&workspace={one}") as socket:
        await accepted(socket)
        assert (await said(socket))[2].startswith('<div id="detail"')
        await browser.server.agents.connected(f"{other}.1")
        await browser.server.agents.connected(f"{one}.1")
        number, _, text = await said(socket)
        assert number == 2
        assert one in text
        assert other not in text


async def test_a_burst_is_one_message(browser: Browser) -> None:
    workspace = await supervised(browser)
    async with browser.live(f"view=start&workspace={workspace}") as socket:
        await accepted(socket)
        await said(socket)
        agents, name = browser.server.agents, f"{workspace}.1"
        await agents.connected(name)
        await said(socket)
        for version in range(1, 21):
            report = DONE if version % 2 else type(DONE)(detail=str(version))
            await agents.observed(name, Observed(version=version, checkout=report))
        await agents.observed(name, Observed(version=99, checkout=DONE, ide=DONE))
        number, text = 0, ""
        while "data-ready-url" not in text:
            number, _, text = await said(socket)
        assert number < 12


async def test_lost_hints_are_told_and_numbers_go_on(browser: Browser) -> None:
    async with browser.live("view=list") as socket:
        await accepted(socket)
        assert (await said(socket))[0] == 1
        for number in range(BACKLOG + 5):
            hints(browser).publish(Hint(topic="other", id="x", version=number, owner="x"))
        assert (await said(socket))[:2] == (2, "resync")


async def test_a_workspace_that_is_not_mine_shows_nothing(browser: Browser) -> None:
    async with browser.live("view=workspace&workspace=amber-otter-0000000000") as socket:
        await accepted(socket)
        assert await said(socket) == (1, "resync", "")


async def test_a_quiet_connection_beats_and_finds_what_no_hint_told(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await supervised(browser)
    short(monkeypatch)
    async with browser.live(f"view=start&workspace={workspace}") as socket:
        await accepted(socket)
        await said(socket)
        assert (await said(socket))[:2] == (1, "beat")
        hints(browser)._subscriptions.clear()
        await browser.server.agents.connected(f"{workspace}.1")
        kind, text = "beat", ""
        while kind == "beat":
            _, kind, text = await said(socket)
        assert 'data-step="supervisor" data-state="done"' in text


async def test_a_session_that_ended_unheard_closes_the_connection(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch)
    async with browser.live("view=list") as socket:
        await accepted(socket)
        await said(socket)
        browser.server.clock.advance(31 * 86400)
        message = await socket.next()
        while message["type"] == "websocket.send":
            message = await socket.next()
        assert (message["type"], message["code"]) == ("websocket.close", speaking.SIGNED_OUT)


async def test_a_page_that_goes_away_leaves_nothing_behind(browser: Browser) -> None:
    async with browser.live("view=list") as socket:
        await accepted(socket)
        await said(socket)
        assert len(hints(browser)._subscriptions) == 1
    assert len(hints(browser)._subscriptions) == 0


def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "BEAT", 0.05)


async def test_what_a_workspace_takes_is_told_in_small_parts(browser: Browser) -> None:
    workspace = await supervised(browser)
    agents, name = browser.server.agents, f"{workspace}.1"
    await agents.connected(name)
    await agents.observed(name, Observed(version=1, checkout=DONE, ide=DONE))
    told = Observed(version=2, checkout=DONE, ide=DONE, usage=Usage(cpu=0.5), said=SAID)
    async with (
        browser.live("view=list") as front,
        browser.live(f"view=workspace&workspace={workspace}") as page,
        browser.live(f"view=start&workspace={workspace}") as start,
    ):
        for socket in (front, page, start):
            await accepted(socket)
            await said(socket)
        await agents.observed(name, told)
        row, parts, log = [(await said(one))[2] for one in (front, page, start)]
    assert row.strip().startswith(f'<div class="row-vitals" id="vitals-{workspace}"')
    assert "<li" not in row
    for element in ('id="resources"', 'id="terminals"', 'id="repositories"', 'id="log"'):
        assert element in parts
    assert 'id="detail"' not in parts
    assert 'id="progress"' not in log
    assert "Switched to branch" in log


async def test_what_a_supervisor_told_between_page_and_connection_is_sent(browser: Browser) -> None:
    workspace = await supervised(browser)
    agents, name = browser.server.agents, f"{workspace}.1"
    await agents.connected(name)
    await agents.observed(name, Observed(version=1, checkout=DONE, ide=DONE))

    async def connects(path: str) -> str:
        found = re.search(r'ws-connect="/live\?([^"]+)"', (await browser.go(path)).text)
        assert found is not None
        return unescape(found.group(1))

    pages = ("/", f"/workspaces/{workspace}", f"/start/{workspace}")
    before = [await connects(one) for one in pages]
    told = Observed(version=2, checkout=DONE, ide=DONE, usage=Usage(cpu=0.5), said=SAID)
    await agents.observed(name, told)
    after = [await connects(one) for one in pages]
    row, parts, log = [await first(browser, one) for one in before]
    assert row.strip().startswith(f'<div class="row-vitals" id="vitals-{workspace}"')
    assert 'id="resources"' in parts
    assert 'id="detail"' not in parts
    assert "Switched to branch" in log
    assert [await first(browser, one) for one in after] == ["", "", ""]


async def first(browser: Browser, query: str) -> str:
    """Return the elements of a connection's first message."""
    async with browser.live(query) as socket:
        await accepted(socket)
        return (await said(socket))[2]


SAID = [SaidLine(at=1.0, source="checkout", text="Switched to branch 'main'")]
