"""A server on a loopback port answers its owner at its own URL, and a stranger gets 401."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.asking import ask
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace

LISTENS = "until curl -s -o /dev/null {}; do sleep 0.1; done"


@pytest.fixture(scope="module")
def served(
    installation: Installation, workspace: Workspace, owner: BrowserContext
) -> Iterator[str]:
    """The URL of port 3000, where the repository's little server listens."""
    page = owner.new_page()
    serve = f"(cd /workspace/{workspace.folder} && python3 server.py > /dev/null 2>&1 &)"
    run(page, installation, workspace, f"{serve}; {LISTENS.format('localhost:3000')}")
    yield installation.port_url(workspace.id, 3000)
    run(page, installation, workspace, "pkill -f '^python3 server.py'")
    page.close()


def test_owner_reaches_the_port_over_http_and_websocket(
    served: str, workspace: Workspace, page: Page
) -> None:
    page.goto(served)
    expect(page.locator("body")).to_contain_text("hello from 3000")
    assert "podium" not in page.locator("body").inner_text(), "platform cookies reached user code"
    echoed = page.evaluate(
        """() => new Promise((resolve, reject) => {
            const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
            socket.onopen = () => socket.send('ping');
            socket.onmessage = event => resolve(event.data);
            socket.onerror = () => reject(new Error('refused'));
        })"""
    )
    assert echoed == "ping"
    assert "code=" not in page.url


def test_a_stranger_gets_401_and_is_led_to_sign_in(
    served: str, installation: Installation, browser: Browser
) -> None:
    host = served.removeprefix("http://")
    fetch = ask(installation, host, headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"})
    assert fetch.status == 401
    upgrade = ask(
        installation,
        host,
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
            "Origin": served,
        },
    )
    assert upgrade.status == 401
    context = browser.new_context()
    page = context.new_page()
    page.goto(served)
    expect(page.get_by_text("podium login-link")).to_be_visible()
    assert re.match(r"http://podium\.localhost:\d+/", page.url), page.url
    context.close()


def test_a_page_of_another_origin_cannot_use_the_owners_credential(
    served: str, installation: Installation, page: Page
) -> None:
    page.goto(served)
    page.goto(f"{installation.dashboard}/")
    outcome = page.evaluate(
        """async url => {
            try {
                const answer = await fetch(url, {credentials: 'include', mode: 'no-cors'});
                return answer.type;
            } catch (error) { return 'blocked'; }
        }""",
        served,
    )
    assert outcome in {"opaque", "blocked"}
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(served))
    forged = {"Cookie": cookies, "Origin": installation.dashboard, "Sec-Fetch-Mode": "cors"}
    refused = ask(installation, served.removeprefix("http://"), headers=forged)
    assert refused.status in {401, 403}


def test_a_port_where_nothing_listens_says_so(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(installation.port_url(workspace.id, 3999))
    expect(page.locator("body")).to_contain_text("3999")


def test_a_port_appears_and_is_shared_with_one_click_and_taken_back_at_once(
    served: str, installation: Installation, workspace: Workspace, page: Page
) -> None:
    host = served.removeprefix("http://")
    fetch = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    port = page.locator('[data-port="3000"]')
    expect(port).to_contain_text("python3")
    expect(port).to_contain_text("only you")
    page.get_by_role("button", name="Make public port 3000").click()
    expect(port).to_contain_text("anybody with the address")
    answer = ask(installation, host, headers=fetch)
    assert (answer.status, answer.body[:15]) == (200, b"hello from 3000")
    assert installation.podium("workspace", "ports", workspace.id).stdout.split()[1] == "public"
    page.get_by_role("button", name="Make private port 3000").click()
    expect(port).to_contain_text("only you")
    assert ask(installation, host, headers=fetch).status == 401
    page.goto(installation.dashboard)
    expect(page.locator(f"#row-{workspace.id} .chip")).to_contain_text("3000")


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "::1"])
def test_a_server_is_seen_whatever_it_is_bound_to_and_gone_when_it_ends(
    served: str, installation: Installation, workspace: Workspace, page: Page, address: str
) -> None:
    serve = f"python3 -m http.server --bind {address} 4321"
    run(page, installation, workspace, f"(timeout 300 {serve} > /dev/null 2>&1 &)")
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator('[data-port="4321"]')).to_contain_text("python3")
    answered = page.goto(installation.port_url(workspace.id, 4321))
    assert answered is not None
    assert answered.status == 200
    run(page, installation, workspace, f"pkill -f '^{serve}'")
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator('[data-port="4321"]')).to_have_count(0)
