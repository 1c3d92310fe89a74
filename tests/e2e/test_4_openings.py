"""What opens by itself: a port in VS Code's preview or in a tab, before anybody was at one; an
extension from an address, and settings.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.e2e.commanding import clear_notifications, command, notification, offered
from tests.e2e.gallery import packed
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE, Workspace, open_workspace
from tests.e2e.patience import until
from tests.e2e.test_4_editor import EXTENSIONS

FILE = """\
{
  "forwardPorts": [3000, 3001, 3002],
  "portsAttributes": {
    "3000": { "label": "Shown", "onAutoForward": "openPreview" },
    "3001": { "label": "Opened", "onAutoForward": "openBrowser" },
    "3002": { "label": "Kept", "onAutoForward": "ignore" }
  },
  "postAttachCommand": {
    "shown": "python3 server.py",
    "opened": "until [ -e later ]; do sleep 0.1; done; python3 -m http.server 3001 -d opened",
    "kept": "python3 -m http.server 3002"
  },
  "customizations": {
    "vscode": {
      "extensions": ["http://127.0.0.1:3002/tiny.vsix"],
      "settings": { "window.title": "settled by the file" }
    }
  }
}
"""


@pytest.fixture(scope="module")
def first(
    installation: Installation, owner: BrowserContext
) -> Iterator[tuple[Workspace, Page, list[Page]]]:
    """A workspace whose ports open by themselves, its first window, and the tabs that came."""
    files = {
        ".devcontainer.json": FILE,
        "opened/index.html": "opened by itself",
        "tiny.vsix": packed("tiny"),
    }
    url = make_repository(installation.repositories, "opening", files)
    page = owner.new_page()
    opened: list[Page] = []

    def opens(one: Page) -> None:
        opened.append(one)

    owner.on("page", opens)
    made = open_workspace(page, installation, url)
    yield made, page, opened
    owner.remove_listener("page", opens)
    for one in [page, *opened]:
        one.close()
    installation.podium("workspace", "delete", made.id, "--yes")


def framed(page: Page, address: str, text: str) -> bool:
    """Tell whether a frame of this address shows a text; frames come and go."""
    page.title()  # which takes in what the browser has told meanwhile
    for one in page.frames:
        if one.url.startswith(address):
            with suppress(Error):
                return text in one.locator("body").inner_text(timeout=1000)
    return False


def test_a_private_port_shows_in_the_preview_before_it_was_in_any_tab(
    first: tuple[Workspace, Page, list[Page]], installation: Installation
) -> None:
    made, page, _opened = first
    address = installation.port_url(made.id, 3000)
    until(lambda: framed(page, address, "hello from 3000"), timeout=IDE_PATIENCE / 1000)
    listed = json.loads(installation.podium("workspace", "show", made.id, "--json").stdout)
    assert {one["visibility"] for one in listed["ports"] if one["port"] == 3000} == {"private"}


def test_a_port_opens_in_a_tab_by_itself(
    first: tuple[Workspace, Page, list[Page]], installation: Installation
) -> None:
    made, page, opened = first
    # a tab signs in for all ports: not before the preview has done without
    (installation.content(made.id) / "workspace" / made.folder / "later").touch()
    address = installation.port_url(made.id, 3001)
    until(lambda: page.title() and opened and opened[0].url.startswith(address), timeout=60)
    (tab,) = opened
    expect(tab.get_by_text("opened by itself")).to_be_visible()
    told = notification(page, "port 3001")
    expect(told).to_contain_text("Opened: port 3001 (python3) is served. If the browser has held")
    clear_notifications(page)


def test_an_extension_comes_from_its_address_and_settings_from_the_file(
    first: tuple[Workspace, Page, list[Page]], installation: Installation
) -> None:
    made, page, _opened = first
    extensions = installation.content(made.id) / EXTENSIONS
    until((extensions / "podium-tests.tiny-1.0.0").exists, timeout=90)
    offered(page, "Greet from tiny")
    expect(page).to_have_title(re.compile("settled by the file"))
    told = notification(page, "Not installed").all_inner_texts()
    assert not [one for one in told if "tiny" in one]  # others may follow the person here
    clear_notifications(page)


def test_what_vs_code_forwards_has_the_ports_own_address(
    first: tuple[Workspace, Page, list[Page]], installation: Installation
) -> None:
    made, page, _opened = first
    command(page, "Terminal: Focus on Terminal View")
    page.get_by_role("tab", name="Ports", exact=True).click()
    page.get_by_role("button", name="Forward a Port").first.click()
    # in its own field, which comes with the row
    expect(page.locator(".panel .monaco-inputbox input:focus")).to_be_visible()
    page.keyboard.type("3002")
    page.keyboard.press("Enter")
    address = installation.port_url(made.id, 3002)
    link = page.locator(".ports-view, .panel").get_by_text(re.compile(re.escape(address)))
    expect(link.first).to_be_visible()


def test_the_editor_is_light_or_dark_as_the_system_is(
    first: tuple[Workspace, Page, list[Page]],
) -> None:
    page = first[1]
    workbench = page.locator(".monaco-workbench").first
    expect(workbench).to_have_class(re.compile(r"\bvs\b"))
    page.emulate_media(color_scheme="dark")
    expect(workbench).to_have_class(re.compile(r"\bvs-dark\b"))
