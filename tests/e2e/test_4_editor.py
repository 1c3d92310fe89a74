"""VS Code and the workspace: terminals that outlive its server, tasks in their place, ports."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.byage import by_age
from tests.e2e.commanding import (
    clear_notifications,
    command,
    copied,
    notification,
    offered,
    on_the_screen,
    show_terminals,
    type_in_new_terminal,
)
from tests.e2e.gallery import GALLERY, manifest, packed, use_gallery
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import (
    IDE_PATIENCE,
    Workspace,
    open_ide,
    open_workspace,
    wait_for_files,
)
from tests.e2e.patience import until

FILE = """\
tasks:
  - name: Quiet
    command: python3 gallery.py & echo quiet
  - name: Beside
    openMode: split-right
    command: echo beside
  - name: Among
    openIn: main
    command: echo among
ports:
  - port: 3000
    name: Greeting
    onOpen: notify
  - port: 3001-3002
    onOpen: ignore
vscode:
  extensions:
    - tiny.vsix
    - podium-tests.listed
    - http://127.0.0.1:3002/addressed.vsix
    - podium-tests.unknown
    - gone.vsix
"""
SERVER = b"/ide/vscode/out/server-main.js"
LINES = 250
EXTENSIONS = "home/.podium/vscode/extensions"


@pytest.fixture(scope="module")
def first(installation: Installation, owner: BrowserContext) -> Iterator[tuple[Workspace, Page]]:
    """A workspace with tasks, ports and extensions from a gallery of its own; its first window."""
    files = {
        ".gitpod.yml": FILE,
        "gallery.py": GALLERY,
        "tiny.vsix": packed("tiny"),
        "listed.vsix": packed("listed"),
        "addressed.vsix": packed("addressed"),
        "listed.json": manifest("listed"),
    }
    url = make_repository(installation.repositories, "edited", files)
    page = owner.new_page()
    use_gallery(installation, url)
    yield open_workspace(page, installation, url), page
    page.close()


@pytest.fixture(scope="module")
def windows(owner: BrowserContext) -> Iterator[list[Page]]:
    """The window that tests share: the one that is last."""
    opened: list[Page] = []
    yield opened
    for one in opened:
        one.close()


@pytest.fixture
def window(
    installation: Installation,
    owner: BrowserContext,
    edited: Workspace,
    windows: list[Page],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """VS Code as the test before left it, or opened anew when that one failed.

    To load it is more work than most of what is done in it.
    """
    if not windows:
        windows.append(owner.new_page())
        open_ide(windows[0], installation, edited)
    before = request.session.testsfailed
    yield windows[0]
    if request.session.testsfailed > before:
        windows.pop().close()


@pytest.fixture
def edited(first: tuple[Workspace, Page]) -> Workspace:
    return first[0]


@pytest.fixture
def tree(installation: Installation, edited: Workspace) -> Path:
    return installation.content(edited.id) / "workspace"


def servers(installation: Installation, workspace: Workspace) -> list[int]:
    """Pids of VS Code's server, the one that its children come from first."""
    shown = installation.podium_json("workspace", "show", workspace.id)
    inside = installation.instance_pid(shown["instance"]["id"])
    namespace = Path(f"/proc/{inside}/ns/pid").readlink()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            ours = folder.name.isdecimal() and (folder / "ns/pid").readlink() == namespace
            if ours and SERVER in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return by_age(found)


def test_tasks_are_where_the_file_wants_them(first: tuple[Workspace, Page]) -> None:
    page = first[1]
    tabs = page.locator(".terminal-tabs-entry:visible")
    expect(tabs.filter(has_text="Quiet")).to_be_visible(timeout=IDE_PATIENCE)
    expect(tabs.filter(has_text="Beside")).to_be_visible()
    # two panes in one tab
    expect(page.locator(".terminal-group .terminal-wrapper")).to_have_count(2)
    among = page.get_by_role("tab", name=re.compile("Among"))
    expect(among).to_be_visible(timeout=IDE_PATIENCE)


def test_extensions_of_the_file_are_installed_and_what_cannot_be_is_told(
    installation: Installation, first: tuple[Workspace, Page]
) -> None:
    made, page = first
    told = notification(page, "Not installed")
    expect(told).to_contain_text("podium-tests.unknown and 1 more", timeout=IDE_PATIENCE)
    told.get_by_role("button", name="Show them").click()
    # by its name: VS Code has editors of its own that nobody sees, made when it comes to that
    document = page.locator('.monaco-editor[data-uri^="untitled:"] .view-lines')
    expect(document).to_contain_text("gone.vsix: there is no such file")
    extensions = installation.content(made.id) / EXTENSIONS
    assert (extensions / "podium-tests.addressed-1.0.0").exists()
    for name in ("tiny", "listed"):
        assert (extensions / f"podium-tests.{name}-1.0.0").exists()
        offered(page, f"Greet from {name}")  # without another window
    page.close()


def test_a_terminal_outlives_vs_codes_server_and_shows_each_line_once(
    installation: Installation, edited: Workspace, window: Page, tree: Path
) -> None:
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    each = f"seq {LINES} | while read n; do echo row-$n; echo $n > ../count; sleep 0.03; done"
    type_in_new_terminal(window, f"{each}; echo over > ../over")
    count = tree / "count"
    until(lambda: count.exists() and int(count.read_text() or 0) > LINES / 10, timeout=60)
    killed = servers(installation, edited)
    os.kill(killed[0], signal.SIGKILL)
    until(lambda: set(servers(installation, edited)) - set(killed), timeout=60)
    entries = window.locator(".terminal-tabs-entry:visible")
    open_before = entries.count()
    window.reload()
    wait_for_files(window)
    # they come by themselves: whoever asks for the panel before they do gets one more
    expect(entries).to_have_count(open_before, timeout=IDE_PATIENCE)
    show_terminals(window)
    expect(entries).to_have_count(open_before)
    # what VS Code has opened comes back in its order, before the tasks
    entries.filter(has_not_text=re.compile("Quiet|Beside")).last.click()
    until((tree / "over").exists, timeout=60)

    def rows() -> list[int]:
        return [
            int(number)
            for number in re.findall(r"^row-(\d+)\s*$", on_the_screen(window), re.MULTILINE)
        ]

    until(lambda: rows()[-1:] == [LINES], timeout=60)
    assert rows() == list(range(1, LINES + 1))
    window.locator(".terminal-group .terminal.xterm").last.click()
    window.keyboard.type("echo alive > ../alive\n")
    until((tree / "alive").exists, timeout=30)


def test_a_port_is_told_and_shown_with_its_address(
    installation: Installation, edited: Workspace, window: Page
) -> None:
    type_in_new_terminal(window, "python3 -m http.server 3001 & python3 server.py &")
    told = notification(window, "port 3000")
    expect(told).to_contain_text("Greeting: port 3000 (python3) is served.")
    listed = window.locator(".notifications-center .notification-list-item")
    expect(listed.filter(has_text="3001")).to_have_count(0)
    with window.expect_popup() as opened:
        told.get_by_role("button", name="Open in browser").click()
    expect(opened.value.get_by_text("hello from 3000")).to_be_visible()
    opened.value.close()
    clear_notifications(window)
    command(window, "View: Show Podium")
    row = window.get_by_role("treeitem", name=re.compile("3000 Greeting"))
    expect(row).to_contain_text("python3 · private")
    row.hover()
    window.evaluate("navigator.clipboard.writeText('')")
    row.get_by_role("button", name="Copy URL of Port").click()
    assert copied(window).rstrip("/") == installation.port_url(edited.id, 3000)


def test_git_waits_for_the_editors_tab(
    installation: Installation, edited: Workspace, window: Page, tree: Path
) -> None:
    person = "-c user.name=Ada -c user.email=ada@example.org"
    type_in_new_terminal(
        window, f"git {person} commit --allow-empty && git log -1 --format=%s > ../subject"
    )
    tab = window.get_by_role("tab", name=re.compile("COMMIT_EDITMSG"))
    expect(tab).to_be_visible(timeout=IDE_PATIENCE)
    assert not (tree / "subject").exists()
    window.locator(".editor-instance .monaco-editor").first.click(position={"x": 200, "y": 12})
    window.keyboard.press("Control+Home")
    window.keyboard.type("Written in the tab")
    window.keyboard.press("Control+s")
    message = tree / "edited" / ".git" / "COMMIT_EDITMSG"
    until(lambda: message.read_text().startswith("Written in the tab"), timeout=60)
    command(window, "View: Close Editor")
    until(lambda: (tree / "subject").exists() and (tree / "subject").read_text(), timeout=30)
    assert (tree / "subject").read_text() == "Written in the tab\n"


def test_an_address_of_localhost_is_shown_at_the_ports_own(
    installation: Installation, edited: Workspace, window: Page
) -> None:
    # not by gp, which knows the ports' addresses itself
    asked = """'{"url": "http://localhost:3000/"}' http://x/v1/ide/preview"""
    socket = "curl -sS --unix-socket /run/podium/gp.sock -H 'Content-Type: application/json'"
    type_in_new_terminal(window, f"{socket} -d {asked}")
    framed = window.frame_locator("iframe.webview").frame_locator("iframe").frame_locator("iframe")
    expect(framed.get_by_text("hello from 3000")).to_be_visible(timeout=IDE_PATIENCE)
    with window.expect_popup() as opened:
        type_in_new_terminal(window, "$BROWSER http://localhost:3000/")
    expect(opened.value).to_have_url(re.compile(re.escape(installation.port_url(edited.id, 3000))))
    opened.value.close()


def test_git_in_a_terminal_asks_in_the_window(
    installation: Installation, edited: Workspace, window: Page, tree: Path
) -> None:
    type_in_new_terminal(window, "git ls-remote http://127.0.0.1:3002/private.git > ../refs")
    for asked, given in (("Username", "ada"), ("Password", "secret")):
        window.get_by_role("textbox", name=asked, exact=True).fill(given)
        window.keyboard.press("Enter")
    until(lambda: (tree / "refs").exists() and "secret" in (tree / "refs").read_text(), timeout=30)


def test_timeout_and_stop_are_commands(
    installation: Installation, edited: Workspace, window: Page
) -> None:
    def shown() -> dict:
        return installation.podium_json("workspace", "show", edited.id)

    command(window, "Podium: Set Timeout…")
    asked = window.locator(".quick-input-widget")
    expect(asked).to_contain_text("How long may this workspace run", timeout=IDE_PATIENCE)
    asked.locator("input").first.fill("45m")  # not into the list of commands, which closes only now
    window.keyboard.press("Enter")
    until(lambda: shown()["timeout"] == "45m", timeout=30)
    command(window, "Podium: Stop This Workspace…")
    window.locator(".monaco-dialog-box").get_by_role("button", name="Stop").click()
    until(lambda: shown()["phase"] == "stopped", timeout=60)
