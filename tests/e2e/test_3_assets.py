"""VS Code's static files: from blobserve, compressed, kept for good, and never loaded twice."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response

from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import Workspace, open_ide, open_workspace, sign_in, wait_for_files
from tests.e2e.patience import until

SCRIPT = "/out/vs/code/browser/workbench/workbench.js"


def sent(installation: Installation) -> list[dict]:
    """What blobserve says that it has sent."""
    text = (installation.home / "logs/blobserve.log").read_text()
    whole = text.rpartition("\n")[0].splitlines()  # the last one may be in the middle of its line
    lines = [json.loads(line) for line in whole if line.startswith("{")]
    return [line for line in lines if line["event"] == "served"]


@pytest.fixture
def other(installation: Installation, repository: str) -> Iterator[Workspace]:
    """A second workspace of the same repository."""
    made = installation.podium_json("workspace", "create", repository, "--trust", "--wait")
    yield Workspace(made["id"], "demo")
    installation.podium("workspace", "delete", made["id"], "--yes", "--wait")


def loading(page: Page) -> set[Request]:
    """What a page loads of VS Code's files at this moment, as often as one looks."""
    under_way: set[Request] = set()

    def begun(one: Request) -> None:
        if urlsplit(one.url).hostname == "ide.localhost":
            under_way.add(one)

    page.on("request", begun)
    page.on("requestfinished", lambda one: under_way.discard(one))  # noqa: PLW0108 - it marks it
    page.on("requestfailed", lambda one: under_way.discard(one))  # noqa: PLW0108 - it marks it
    return under_way


def test_they_come_from_blobserve_compressed_and_immutable(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - it marks the function
    open_ide(page, installation, workspace)
    (script,) = [one for one in answers if one.url.endswith(SCRIPT)]
    assert script.url.startswith(f"http://ide.localhost:{installation.port}/blobserve/vscode:")
    assert script.headers["content-encoding"] == "br"
    assert "immutable" in script.headers["cache-control"]
    own = [one.url for one in answers if f"{workspace.id}.ws." in one.url and one.ok]
    assert not [url for url in own if url.endswith((".js", ".css", ".ttf", ".wasm"))], own


def test_a_second_workspace_loads_none_of_them_again(
    installation: Installation, workspace: Workspace, other: Workspace, page: Page
) -> None:
    under_way = loading(page)
    open_ide(page, installation, workspace)
    # what a page is left before is logged as sent, and the browser never had it
    until(lambda: page.evaluate("true") and not under_way, timeout=60)
    before = {one["path"] for one in sent(installation)}
    assert SCRIPT[1:] in before
    count = len(sent(installation))
    open_ide(page, installation, other)
    # what the first page was closed before may come now, but nothing that came already
    assert not [one["path"] for one in sent(installation)[count:] if one["path"] in before]


def test_without_blobserve_vs_code_loads_its_own(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.route("http://ide.localhost:*/**", lambda route: route.abort())
    page.goto(installation.ide(workspace.id))
    wait_for_files(page)


def test_a_fresh_browser_loads_them_while_its_first_workspace_starts(
    installation: Installation, browser: Browser
) -> None:
    url = make_repository(installation.repositories, "first")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, installation)
    places: list[str] = []
    page.on("framenavigated", lambda frame: places.append(frame.url))
    count = len(sent(installation))
    opened = open_workspace(page, installation, url)
    loaded = [one for one in sent(installation)[count:] if one["path"] == SCRIPT[1:]]
    assert len(loaded) == 1
    own = [url.partition("?")[0] for url in places if url.startswith("http")]
    hosts = [urlsplit(url).hostname for url in own]
    assert f"{opened.id}.ws.localhost" in hosts
    assert hosts.index("ws.localhost") < hosts.index(f"{opened.id}.ws.localhost")
    context.close()
    installation.podium("workspace", "delete", opened.id, "--yes", "--wait")
