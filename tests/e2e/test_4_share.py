"""A share link, end to end: the owner makes one, somebody without an account uses one port by it,
and what is open is cut when the owner revokes it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.asking import ask
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace

PORT = 3456
SECRET = "correct horse"
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
APP = '''"""Writes down whatever reaches it; keeps WebSockets and event streams open."""
import base64, hashlib, http.server, os, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open("share-seen.log", "a") as seen:
            seen.write(self.requestline + "\\n" + str(self.headers))
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self.echo()
        if self.path == "/end":
            os._exit(0)
        if self.path == "/events":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"data: hello\\n\\n")
            self.wfile.flush()
            threading.Event().wait()
        body = b"<h1>the shared app</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        while head := self.rfile.read(2):
            mask = self.rfile.read(4)
            data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(head[1] & 127)))
            self.wfile.write(bytes([0x81, len(data)]) + data)
        self.close_connection = True

http.server.ThreadingHTTPServer(("127.0.0.1", 3456), Handler).serve_forever()
'''
OPEN = """() => new Promise((resolve, reject) => {
    window.ends = [];
    const stream = new EventSource('/events');
    stream.onerror = () => { stream.close(); window.ends.push('events'); };
    const socket = window.socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
    socket.onclose = () => window.ends.push('socket');
    socket.onopen = () => socket.send('ping');
    socket.onmessage = event => stream.readyState === 1 ? resolve(event.data)
        : stream.addEventListener('message', () => resolve(event.data));
    socket.onerror = () => reject(new Error('refused'));
})"""


@pytest.fixture
def seen(
    installation: Installation, workspace: Workspace, page: Page
) -> Iterator[Callable[[], str]]:
    """Start the app in the workspace; return a function that tells all that has reached it."""
    tree = installation.content(workspace.id) / "workspace" / workspace.folder
    (tree / "share_app.py").write_text(APP)
    serve = f"(cd /workspace/{workspace.folder} && python3 share_app.py > /dev/null 2>&1 &)"
    run(page, installation, workspace, serve)
    log = tree / "share-seen.log"
    yield lambda: log.read_text() if log.exists() else ""
    page.goto(f"{installation.port_url(workspace.id, PORT)}/end")
    for file in (log, tree / "share_app.py"):
        file.unlink()


def share_by_keyboard(page: Page, installation: Installation, workspace: Workspace) -> str:
    """Make a link with a password, touching no mouse; return it."""
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    page.locator(f"#links-{PORT}").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#confirm[open]")
    expect(dialog).to_contain_text(f"Share port {PORT}")
    expect(page.locator("#share-lasts")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(SECRET)
    page.keyboard.press("Tab")
    page.keyboard.type("Grace")
    page.keyboard.press("Enter")
    copies = dialog.get_by_role("button", name="Copy the link", exact=True)
    expect(copies).to_be_focused()
    link = copies.get_attribute("data-copies")
    assert link is not None
    page.keyboard.press("Escape")
    expect(page.locator(f'[data-port="{PORT}"]')).to_contain_text("only you, and 1 link")
    return link


def let_in(tab: Page, link: str, place: str) -> dict[str, Any]:
    """Open the link without an account; return the one cookie that the browser has then."""
    tab.goto(link)
    expect(tab.get_by_role("heading")).to_have_text("This link has a password")
    expect(tab.locator("#password")).to_be_focused()
    tab.keyboard.type("wrong horse")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text("not the password")
    expect(tab.locator("#password")).to_be_focused()  # a page has its focus after its words
    tab.keyboard.type(SECRET)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading")).to_have_text("the shared app")
    assert tab.url == f"{place}/"
    assert tab.evaluate("document.referrer + document.cookie") == ""
    (kept,) = tab.context.cookies()
    assert kept["name"].startswith("__Host-podium_share_")
    assert kept["httpOnly"]
    assert kept["domain"] == place.partition("//")[2].partition(":")[0]
    return dict(kept)


def is_worth_this_port_alone(
    installation: Installation, workspace: Workspace, guest: BrowserContext, cookie: str
) -> None:
    """Other ports and the editor lead to the sign-in; pages of others cannot use the cookie."""
    host = installation.port_url(workspace.id, PORT).partition("//")[2]
    for other in (installation.port_url(workspace.id, 3000), installation.ide(workspace.id)):
        away = guest.new_page()
        away.goto(other)
        assert away.url.startswith(f"{installation.dashboard}/"), away.url
        away.close()
    assert ask(installation, host, headers=FETCH).status == 401
    foreign = {**FETCH, "Cookie": cookie, "Origin": installation.dashboard}
    assert ask(installation, host, headers=foreign).status == 403
    own = {**FETCH, "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    assert ask(installation, host, headers=own).status == 200
    other_host = installation.port_url(workspace.id, 3000).partition("//")[2]
    assert ask(installation, other_host, headers=own).status == 401


def revoke(page: Page) -> None:
    page.locator(f"#links-{PORT}").click()
    entry = page.locator("dialog#confirm[open] [data-share]")
    expect(entry).to_contain_text("Grace")
    expect(entry).to_contain_text("opened")
    entry.get_by_role("button", name="Revoke the link for Grace").click()
    expect(entry).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(f'[data-port="{PORT}"]')).not_to_contain_text("link")


def test_a_guest_uses_one_port_until_the_link_is_revoked(
    seen: Callable[[], str],
    installation: Installation,
    workspace: Workspace,
    page: Page,
    browser: Browser,
) -> None:
    link = share_by_keyboard(page, installation, workspace)
    token = link.partition("#")[2]
    assert re.fullmatch(r"ps_[0-9a-f]{16}\.[\w-]{86}", token)
    place = installation.port_url(workspace.id, PORT)

    guest = browser.new_context()
    tab = guest.new_page()
    kept = let_in(tab, link, place)
    cookie = f"{kept['name']}={kept['value']}"
    assert tab.evaluate(OPEN) == "ping"
    is_worth_this_port_alone(installation, workspace, guest, cookie)

    revoke(page)
    tab.wait_for_function("window.ends.includes('socket') && window.ends.includes('events')")
    own = {**FETCH, "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    assert ask(installation, place.partition("//")[2], headers=own).status == 401
    for again in (f"{place}/", link):
        tab.goto(again)
        expect(tab.get_by_role("heading")).to_contain_text("does not work any more")
    guest.close()

    history = installation.podium("workspace", "logs", workspace.id).stdout
    for line in ("is shared by a link with a password (Grace)", "was opened", "was revoked"):
        assert line in history
    reached = seen()
    assert "GET /socket" in reached
    assert "podium_" not in reached
    logs = [one.read_text() for one in (installation.home / "logs").glob("*.log")]
    for text in (reached, history, *logs):
        for secret in (token, token.partition(".")[2], kept["value"], SECRET):
            assert secret not in text, "what opens the port is written down nowhere"
