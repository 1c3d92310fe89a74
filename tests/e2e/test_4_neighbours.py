"""Two workspaces of one person, side by side: a page that one really serves gets nothing of what
the other serves to its owner, though the browser sends the owner's cookie along.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

API = (Path(__file__).parent / "vite" / "api.py").read_text()
FILE = """\
ports:
  - { port: 3000, visibility: public, onOpen: ignore }
  - { port: 8000, visibility: private, onOpen: ignore }
tasks:
  - command: python3 api.py 2> /workspace/reached.log
  - command: python3 -m http.server 3000 --directory page
"""
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
SENT_ALONG = re.compile(r"podium_\w+=")
TRIES = """async url => {
    const asked = async (path, options) => {
        try {
            const answer = await fetch(url + path, {credentials: 'include', ...options});
            return `${answer.type} ${answer.status}`;
        } catch (error) { return 'blocked'; }
    };
    const loaded = (name, attributes) => new Promise(resolve => {
        const made = Object.assign(document.createElement(name), attributes);
        made.onload = () => resolve('loaded');
        made.onerror = () => resolve('refused');
        document.body.append(made);
    });
    const json = {'Content-Type': 'application/json'};
    return {
        read: await asked('/taken/read', {}),
        preflight: await asked('/taken/preflight', {method: 'POST', headers: json, body: '{}'}),
        form: await asked('/taken/form', {method: 'POST', mode: 'no-cors', body: 'a=1'}),
        blind: await asked('/taken/blind', {mode: 'no-cors'}),
        script: await loaded('script', {src: url + '/taken/script'}),
        socket: await new Promise(resolve => {
            const made = new WebSocket(url.replace('http', 'ws') + '/socket?taken');
            made.onopen = () => resolve('open');
            made.onerror = () => resolve('refused');
        }),
        events: await new Promise(resolve => {
            const made = new EventSource(url + '/events?taken', {withCredentials: true});
            made.onopen = () => resolve('open');
            made.onerror = () => resolve('refused');
        }),
    };
}"""
GOT_NOTHING = {
    "read": {"blocked"},
    "preflight": {"blocked"},
    "form": {"blocked", "opaque 0"},
    "blind": {"blocked", "opaque 0"},
    "script": {"refused"},
    "socket": {"refused"},
    "events": {"refused"},
}
FRAME = """url => new Promise(resolve => {
    const frame = document.createElement('iframe');
    frame.onload = () => resolve(frame);
    frame.src = url;
    document.body.append(frame);
})"""


@pytest.fixture(scope="module")
def neighbours(installation: Installation) -> Iterator[tuple[str, str]]:
    """Two of one repository: each has a private API on 8000 and a public page on 3000."""
    files = {".gitpod.yml": FILE, "api.py": API, "page/index.html": "<title>Neighbour</title>hello"}
    url = make_repository(installation.repositories, "neighbours", files)
    create = ("workspace", "create", url, "--trust", "--wait")
    first, second = (installation.podium_json(*create)["id"] for _ in range(2))

    def serves(one: str) -> bool:
        host = installation.port_url(one, 3000).removeprefix("http://")
        return ask(installation, host, headers=FETCH).status == 200

    for one in (first, second):
        until(lambda one=one: serves(one), timeout=60)
    yield first, second
    for one in (first, second):
        installation.podium("workspace", "delete", one, "--yes")


def opens(page: Page, url: str, text: str) -> bool:
    page.goto(url)
    return text in page.locator("body").inner_text()


def test_a_page_of_another_workspace_gets_nothing(
    neighbours: tuple[str, str], installation: Installation, page: Page
) -> None:
    mine, other = neighbours
    api, editor = installation.port_url(mine, 8000), installation.ide(mine)
    for one in (mine, other):  # the browser has the rights of both
        until(lambda one=one: opens(page, installation.port_url(one, 8000), "api"), timeout=60)
        page.goto(f"{installation.ide(one)}/version")
    page.goto(installation.port_url(mine, 3000))
    read = "url => fetch(url, {credentials: 'include'}).then(answer => answer.text())"
    assert page.evaluate(read, f"{api}/own") == "api cookies=[]", "the own page may"

    page.goto(installation.port_url(other, 3000))
    expect(page).to_have_title("Neighbour")
    asked, answered = heard(page)
    for address in (api, editor):
        outcome = page.evaluate(TRIES, address)
        assert {name for name, seen in outcome.items() if seen not in GOT_NOTHING[name]} == set()
        framed = page.evaluate_handle(FRAME, f"{address}/framed?taken").as_element()
        assert framed is not None
        inside = framed.content_frame()
        assert inside is None or inside.title() != "Framed"
    assert answered
    assert set(answered) <= {401, 403}
    for address in (api, editor):
        carried = [one for one in asked if one.url.startswith(address) and carries(one)]
        assert carried, "what is refused came with the owner's cookie"

    with page.expect_response(f"{api}/taken/sent") as sent:
        page.evaluate(
            """url => {
            const form = Object.assign(document.createElement('form'), {method: 'post'});
            form.action = url;
            document.body.append(form);
            form.submit();
        }""",
            f"{api}/taken/sent",
        )
    assert sent.value.status == 403
    page.wait_for_url(f"{api}/taken/sent")
    reached = (installation.content(mine) / "workspace" / "reached.log").read_text()
    assert "/own" in reached
    assert "taken" not in reached


def test_an_application_has_its_own_sign_in(
    neighbours: tuple[str, str], installation: Installation, page: Page
) -> None:
    api = installation.port_url(neighbours[0], 8000)
    until(lambda: opens(page, f"{api}/", "api"), timeout=60)
    page.goto(installation.port_url(neighbours[0], 3000))
    says = """url => fetch(url, {credentials: 'include', headers: {Authorization: 'Bearer shop'}})
        .then(answer => answer.text())"""
    assert page.evaluate(says, f"{api}/signed-in") == "Bearer shop", "across ports of a workspace"
    page.goto(f"{api}/")
    assert page.locator("body").inner_text() == "api cookies=[shop=open]"
    page.goto(f"{installation.port_url(neighbours[1], 8000)}/")
    assert page.locator("body").inner_text() == "api cookies=[]"


def heard(page: Page) -> tuple[list[Request], list[int]]:
    """What the page asks from now on, and the statuses that come back."""
    asked: list[Request] = []
    answered: list[int] = []
    page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - it marks the function
    page.on("response", lambda one: answered.append(one.status))
    return asked, answered


def carries(request: Request) -> bool:
    return SENT_ALONG.search(request.all_headers().get("cookie", "")) is not None
