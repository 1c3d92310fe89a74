"""The pages as a person walks through them, without a browser's script."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from httpx import Response

from tests.app.browser import WORKSPACE, Browser
from tests.app.server import open_server
from tests.app.workspaces.control import DONE
from tests.waiting import until
from wire.agent import Beats, Observed, PortReport
from wire.problems import Problem

URL = WORKSPACE["url"]


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made


async def wait_for(browser: Browser, path: str, text: str) -> Response:
    async def there() -> Response | None:
        page = await browser.go(path)
        return page if text in page.text else None

    found = await until(there)
    assert isinstance(found, Response)
    return found


async def run(browser: Browser, workspace: str) -> None:
    """Play the supervisor until the workspace runs."""
    agents, name = browser.server.agents, f"{workspace}.1"
    await wait_for(browser, f"/start/{workspace}", 'data-step="supervisor" data-state="working"')
    await agents.connected(name)
    await agents.observed(name, Observed(version=1, checkout=DONE, ide=DONE))


async def test_the_empty_list_is_the_start_form(browser: Browser) -> None:
    page = await browser.go("/")
    assert page.text.count('id="url"') == 1
    assert "Open a repository" in page.text
    assert 'action="/new"' in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_list_groups_and_names(browser: Browser) -> None:
    workspace = await browser.create()
    page = await wait_for(browser, "/", "waiting for the supervisor")
    assert page.text.count('id="url"') == 1
    assert f'id="row-{workspace}"' in page.text
    assert re.search(r"Running <span[^>]*>1<", page.text)
    assert "h.org/ada/demo" in page.text
    assert f"/workspaces/{workspace}/stop" in page.text


async def test_new_says_what_would_be_opened_and_asks_for_trust(browser: Browser) -> None:
    page = await browser.go(f"/new?url={URL}.git&ref=main")
    assert page.status_code == 200
    for text in ("Open demo", "h.org/ada/demo", "Trust and start", "Open without trust", "main"):
        assert text in page.text
    assert "Open a repository" in (await browser.go("/")).text  # nothing has happened yet


async def test_new_shows_what_a_page_of_a_host_names(browser: Browser) -> None:
    page = await browser.go(f"/new?url=STAGE=test/{URL}/pull/7")
    for text in ("pull request 7", "Open the default branch instead", "STAGE=test", "with trust"):
        assert text in page.text
    assert 'id="ref"' not in page.text
    page = await browser.go(f"/new?url={URL}/blob/main/docs/a.md")
    assert "main/docs/a.md" in page.text


async def test_new_offers_the_workspace_that_is_there_already(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    page = await wait_for(browser, f"/new?url={URL}", "You have a workspace for this already")
    assert f"http://{workspace}.ws.localhost:8080" in page.text
    assert page.text.count("button primary") == 1
    assert "You have" not in (await browser.go(f"/new?url={URL}/tree/other")).text
    front = await browser.go("/")
    assert 'class="chip" href="/new?url=https%3A//h.org/ada/demo"' in front.text


async def test_a_file_of_a_page_is_opened_by_the_first_start(browser: Browser) -> None:
    made = await browser.act("/new", {"url": f"{URL}/blob/main/docs/a.md", "trust": "yes"})
    workspace = made.headers["hx-redirect"].rpartition("/")[2]
    await run(browser, workspace)
    page = await wait_for(browser, f"/start/{workspace}", "data-ready-url")
    found = re.search(r'data-ready-url="([^"]+)"', page.text)
    assert found is not None
    authority = f"{workspace}.ws.localhost:8080"
    opened = [["openFile", f"vscode-remote://{authority}/workspace/demo/docs/a.md"]]
    payload = parse_qs(urlsplit(found[1]).query)["payload"][0]
    assert json.loads(payload) == opened


@pytest.mark.parametrize(
    "query",
    ["url=ftp://x/y", "url=", "", "url=https://h.org/a/b&ref=-x", "url=javascript:alert(1)"],
)
async def test_what_cannot_be_opened_is_explained_and_can_be_mended(
    browser: Browser, query: str
) -> None:
    page = await browser.go(f"/new?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "What helps:" in page.text
    assert 'id="url"' in page.text
    assert "Trust and start" not in page.text


async def form(browser: Browser, trust: str) -> dict[str, str]:
    page = await browser.go(f"/new?url={URL}")
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key is not None
    return {"url": URL, "ref": "", "key": key.group(1), "trust": trust}


async def test_starting_leads_to_the_start_page_once(browser: Browser) -> None:
    data = await form(browser, "yes")
    first = await browser.act("/new", data)
    again = await browser.act("/new", data)
    assert first.status_code == again.status_code == 204
    assert first.headers["hx-redirect"] == again.headers["hx-redirect"]
    page = await browser.go(first.headers["hx-redirect"])
    assert page.text.count("data-step=") == 9
    assert 'ws-connect="/live?view=start' in page.text
    trusted = await browser.go(f"/new?url={URL}")
    assert "You trust this repository" in trusted.text
    assert "Open without trust" not in trusted.text


async def test_without_trust_it_opens_restricted(browser: Browser) -> None:
    made = await browser.act("/new", await form(browser, "no"))
    workspace = made.headers["hx-redirect"].rpartition("/")[2]
    page = await browser.go(f"/workspaces/{workspace}")
    assert "Restricted: nothing of the repository runs by itself." in page.text


async def test_a_refused_form_keeps_what_was_typed(browser: Browser) -> None:
    data = {**await form(browser, "yes"), "ref": "-bad"}
    reply = await browser.act("/new", data)
    assert reply.status_code == 422
    assert 'value="-bad"' in reply.text
    assert "<html" not in reply.text


async def test_a_life_on_pages(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    page = await wait_for(browser, f"/start/{workspace}", "data-ready-url")
    assert f'data-ready-url="http://{workspace}.ws.localhost:8080"' in page.text
    page = await browser.go(f"/workspaces/{workspace}")
    for text in (
        "Open VS Code",
        "everything else is the image",
        f"http://&lt;port&gt;-{workspace}.ws.localhost:8080",
        "Answers only you",
        "The IDE answers.",
    ):
        assert text in page.text
    assert (await browser.act(f"/workspaces/{workspace}/stop")).status_code == 204
    page = await wait_for(browser, f"/workspaces/{workspace}", 'data-state="stopped"')
    assert "what is kept takes only disk space" in page.text
    started = await browser.act(f"/workspaces/{workspace}/start")
    assert started.headers["hx-redirect"] == f"/start/{workspace}"
    await wait_for(browser, f"/workspaces/{workspace}", "Start 2")


async def test_a_failure_shows_step_cause_cure_and_another_try(browser: Browser) -> None:
    problem = Problem(code="no_repo", title="No repository there", detail="git: 404", cure="Look.")
    browser.server.node.script.fail("prepare", problem)
    workspace = await browser.create()
    page = await wait_for(browser, f"/start/{workspace}", "Try again")
    for text in ("No repository there", "in step Files", "git: 404", "Look.", "no_repo"):
        assert text in page.text
    assert "failed" in (await browser.go("/")).text
    assert page.text.count('role="alert"') == 1


async def test_what_is_too_large_is_offered_without_old_versions(browser: Browser) -> None:
    browser.server.node.script.fail("prepare", Problem(code="clone_too_large", title="Too large"))
    workspace = await browser.create()
    page = await wait_for(browser, f"/start/{workspace}", "Start without old file versions")
    path = f"/workspaces/{workspace}/start?partial=true"
    assert f'hx-post="{path}"' in page.text
    assert (await browser.act(path)).status_code < 400
    page = await wait_for(browser, f"/start/{workspace}", f"stop-{workspace}")
    assert "Start without old" not in page.text


async def test_deleting_says_what_is_lost_and_leads_away(browser: Browser) -> None:
    workspace = await browser.create()
    question = await browser.go(f"/workspaces/{workspace}/delete", **{"hx-request": "true"})
    assert "will be lost" in question.text
    assert "<html" not in question.text
    path = f"/workspaces/{workspace}/delete"
    stays = await browser.act(path, hx_current_url="http://podium.localhost:8080/")
    assert "hx-redirect" not in stays.headers
    leaves = await browser.act(
        path, hx_current_url=f"http://podium.localhost:8080/workspaces/{workspace}"
    )
    assert leaves.headers.get("hx-redirect", "") in {"/", ""}


async def test_names_are_text_and_never_markup(browser: Browser) -> None:
    browser.server.node.script.fail("prepare", Problem(code="x", title="<img src=x>", detail="<b>"))
    workspace = await browser.create()
    page = await wait_for(browser, f"/start/{workspace}", "&lt;img src=x&gt;")
    assert "<img" not in page.text


async def test_a_force_is_passed_on(browser: Browser) -> None:
    workspace = await browser.create()
    browser.server.node.script.hold("delete")
    await wait_for(browser, f"/start/{workspace}", 'data-step="supervisor" data-state="working"')
    await browser.act(f"/workspaces/{workspace}/stop")
    await wait_for(browser, f"/workspaces/{workspace}", 'data-state="stopping"')
    assert (await browser.act(f"/workspaces/{workspace}/stop?force=true")).status_code == 204
    await wait_for(browser, f"/workspaces/{workspace}", 'data-tab-word="stopped"')


async def test_ports_are_shown_and_shared(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    page = await wait_for(browser, f"/workspaces/{workspace}", "Nothing listens.")
    ports = [PortReport(port=one, process=f"p{one}") for one in (3000, 4000, 5000, 6000, 7000)]
    report = Observed(version=2, checkout=DONE, ide=DONE, ports=ports)
    await browser.server.agents.observed(f"{workspace}.1", report)
    page = await browser.go(f"/workspaces/{workspace}")
    for text in ("p3000", "only you", f"http://3000-{workspace}.ws.localhost:8080"):
        assert text in page.text
    front = await browser.go("/")
    assert f"http://5000-{workspace}.ws.localhost:8080" in front.text
    assert f"http://6000-{workspace}.ws.localhost:8080" not in front.text
    assert "+2<" in front.text
    shared = f"/workspaces/{workspace}/ports/3000?visibility="
    assert (await browser.act(f"{shared}public")).status_code == 204
    assert "anybody with the address" in (await browser.go(f"/workspaces/{workspace}")).text
    assert (await browser.act(f"{shared}private")).status_code == 204
    assert "anybody" not in (await browser.go(f"/workspaces/{workspace}")).text
    assert (await browser.act(f"{shared}everybody")).status_code == 422
    path, said = f"/api/v1/workspaces/{workspace}/ports/3000", {"protocol": "https"}
    await browser.server.public.put(path, json=said, headers=browser.server.bearer)
    assert ">https</span>" in (await browser.go(f"/workspaces/{workspace}")).text


async def test_a_timeout_is_chosen_and_its_clock_shown(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    path = f"/workspaces/{workspace}"
    assert "It runs until you stop it" in (await browser.go(path)).text
    report = Observed(version=2, checkout=DONE, ide=DONE, beats=Beats(count=0))
    await browser.server.agents.observed(f"{workspace}.1", report)
    for page in (path, "/"):
        assert re.search(
            r'stops in <span class="num" data-until="[\d.]+">',
            (await browser.go(page)).text,
        )
    assert (await browser.act(f"{path}/timeout", {"timeout": "2h"})).status_code == 204
    page = (await browser.go(path)).text
    assert '<option value="2h" selected>2 h</option>' in page
    assert (await browser.act(f"{path}/timeout", {"timeout": "1x"})).status_code == 400
    assert (await browser.act(f"{path}/activity")).status_code == 204
    assert "when you asked for it" in (await browser.go(path)).text


async def test_what_cannot_be_deleted_can_be_given_up(browser: Browser) -> None:
    workspace = await browser.create()
    await run(browser, workspace)
    browser.server.node.hang()
    await browser.act(f"/workspaces/{workspace}/delete")
    await wait_for(browser, f"/workspaces/{workspace}", 'data-tab-word="deleting"')

    async def offered() -> Response | None:
        browser.server.clock.advance(1)
        page = await browser.go(f"/workspaces/{workspace}")
        return page if "Force the deletion" in page.text else None

    page = await until(offered)
    assert f'hx-post="/workspaces/{workspace}/delete?force=true"' in page.text
    await browser.act(f"/workspaces/{workspace}/delete?force=true")
    assert (await browser.go(f"/workspaces/{workspace}")).status_code == 404
