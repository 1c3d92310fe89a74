"""What is not there yet turns into what it is by itself: a port with HTTPS, a workspace."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.asking import ask
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import IDE_PATIENCE, Workspace
from tests.e2e.patience import until
from tests.proxy.net.certificates import self_signed

SERVER = """
import http.server, ssl
server = http.server.HTTPServer(("127.0.0.1", 4443), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("localhost.crt", "localhost.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""
PERSON = 33333


def test_a_port_is_shown_as_soon_as_it_is_there_whatever_it_speaks(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    said = installation.podium("workspace", "ports", workspace.id, "4443", "--protocol", "https")
    assert said.returncode == 0, said.stderr
    waiting = page.context.new_page()
    waiting.goto(installation.port_url(workspace.id, 4443) + "/secure.txt?a=b")
    expect(waiting.get_by_role("heading")).to_contain_text("Nothing listens on port 4443")
    folder = installation.content(workspace.id) / "workspace" / "secure"
    make_server(folder)
    serve = "(cd /workspace/secure && timeout 300 python3 server.py > /dev/null 2>&1 &)"
    run(page, installation, workspace, serve)
    expect(waiting.locator("body")).to_have_text("over TLS")
    run(page, installation, workspace, "pkill -f '^python3 server.py'")

    def closed() -> bool:
        waiting.reload()
        return "Nothing listens" in waiting.locator("body").inner_text()

    until(closed, timeout=60)
    waiting.close()


def make_server(folder: Path) -> None:
    folder.mkdir()
    self_signed(folder)
    (folder / "server.py").write_text(SERVER)
    (folder / "secure.txt").write_text("over TLS")
    for path in [folder, *folder.iterdir()]:
        os.chown(path, PERSON, PERSON)


def test_a_stopped_workspace_is_started_from_its_page_and_leads_back(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    address = installation.port_url(workspace.id, 4444) + "/orders?page=2"
    page.goto(address)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Nothing listens on port 4444")
    stopped = installation.podium("workspace", "stop", workspace.id, "--wait")
    assert stopped.returncode == 0, stopped.stderr
    expect(heading).to_have_text("This workspace is stopped")
    host = address.removeprefix("http://").partition("/")[0]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(address))
    fetched = ask(installation, host, headers={"Cookie": cookies, "Sec-Fetch-Site": "same-origin"})
    assert (fetched.status, fetched.headers["retry-after"]) == (503, "30")
    assert fetched.headers["content-type"] == "application/problem+json"
    page.get_by_role("link", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"podium\.localhost.*/start/"))
    page.locator(f"#start-{workspace.id}").click()
    page.wait_for_url(address, timeout=IDE_PATIENCE)
    expect(heading).to_have_text("Nothing listens on port 4444")
