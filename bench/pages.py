"""What a person waits for in Chromium: times are the browser's own, taken as things happen."""

import re
import subprocess
import time

from playwright.sync_api import BrowserContext, Page

from bench.api import Api

PATIENCE = 90_000
"""Milliseconds for VS Code on a busy machine."""
PORT = 4000
_CHANGED = '[data-state="stopping"], [data-state="stopped"]'
"""A stop may be over before the page has asked for what changed."""
_TREE = """
(() => {
    const row = '.explorer-folders-view .monaco-list-row';
    const look = () => {
        if (document.querySelector(row)) document.documentElement.dataset.seen = Date.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()
"""
_WATCH = """
selector => {
    const look = () => {
        if (!document.querySelector(selector)) return;
        document.documentElement.dataset.seen = Date.now();
        observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, {childList: true, subtree: true, attributes: true});
}
"""
_CLICK = """
selector => { const now = Date.now(); document.querySelector(selector).click(); return now; }
"""
_LISTEN = f"""
import socket, sys, time
made = socket.create_server(("0.0.0.0", {PORT}))
print(time.time(), flush=True)
sys.stdin.read()
"""


def start(context: BrowserContext, api: Api, url: str) -> tuple[str, float, float]:
    """Click on Start; return the workspace, and seconds to the IDE's answer and to its files."""
    page = context.new_page()
    page.add_init_script(_TREE)
    page.goto(f"{api.installation.dashboard}/new?url={url}")
    return _arrived(page, "button[name=trust][value=yes]")


def reopen(context: BrowserContext, api: Api, workspace: str) -> tuple[float, float]:
    """Click on Start on a stopped one's page; return seconds to the IDE's answer and its files."""
    page = context.new_page()
    page.add_init_script(_TREE)
    page.goto(f"{api.installation.dashboard}/workspaces/{workspace}")
    page.wait_for_load_state("networkidle")
    _workspace, answered, shown = _arrived(page, f"#start-{workspace}")
    return answered, shown


def _arrived(page: Page, button: str) -> tuple[str, float, float]:
    """Click; return where that leads, and seconds to the IDE's answer and to its files."""
    clicked = page.evaluate(_CLICK, button)
    page.wait_for_url(re.compile(r"\.ws\.localhost"), timeout=PATIENCE, wait_until="commit")
    answered = page.evaluate(
        "performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseStart"
    )
    shown = _seen(page)
    found = re.match(r"https?://([0-9a-z-]+)\.ws\.", page.url)
    assert found is not None, page.url
    page.close()
    return found.group(1), (answered - clicked) / 1000, (shown - clicked) / 1000


def opened(context: BrowserContext, url: str) -> float:
    """Open a VS Code server; return the seconds from the wish to its files."""
    page = context.new_page()
    page.add_init_script(_TREE)
    began = time.time()
    page.goto(url, wait_until="commit")
    shown = _seen(page)
    page.close()
    return shown / 1000 - began


def port_seen(context: BrowserContext, api: Api, workspace: str, instance: str) -> float:
    """Listen in the workspace; return the seconds until its page shows the port."""
    page = _watched(context, api, workspace, f'[data-port="{PORT}"]')
    pid = str(api.installation.instance_pid(instance))
    enter = ["nsenter", "--all", "--target", pid, "--setuid", "33333", "--setgid", "33333"]
    with subprocess.Popen(
        [*enter, "python3", "-c", _LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        listened = float(server.stdout.readline())
        took = _seen(page) / 1000 - listened
        server.communicate()
    page.close()
    return took


def change_seen(context: BrowserContext, api: Api, workspace: str) -> float:
    """Ask for a stop; return the seconds until the page says so, the request included."""
    page = _watched(context, api, workspace, _CHANGED)
    began = time.time()
    api.ask("POST", f"/api/v1/workspaces/{workspace}/stop")
    took = _seen(page) / 1000 - began
    page.close()
    return took


def _watched(context: BrowserContext, api: Api, workspace: str, selector: str) -> Page:
    """Open the workspace's page, live, and note when the selector finds something."""
    page = context.new_page()
    with page.expect_websocket():
        page.goto(f"{api.installation.dashboard}/workspaces/{workspace}")
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH, selector)
    return page


def _seen(page: Page) -> float:
    """Wait for what the page notes; return when that was, in milliseconds since 1970.

    It is an attribute, because no page of ours lets a string be evaluated.
    """
    page.wait_for_selector("html[data-seen]", state="attached", timeout=PATIENCE)
    return float(page.get_attribute("html", "data-seen") or 0)
