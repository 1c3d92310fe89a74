"""What VS Code shows in frames, and extensions from files, with no gallery and no internet."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, Request, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import IDE_PATIENCE, Workspace, open_ide
from tests.e2e.patience import until
from tests.e2e.test_4_editor import EXTENSIONS, command
from wire.gallery import OPEN_VSX

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A cell of words"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "b",
            "metadata": {},
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/html": ["<b>forty-two, in bold</b>"]},
                }
            ],
            "source": ["6 * 7"],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
MAIN = """\
const vscode = require("vscode");
exports.activate = (context) => context.subscriptions.push(
  vscode.commands.registerCommand("framed.show", () => {
    const panel = vscode.window.createWebviewPanel("framed", "Framed", 1, { enableScripts: true });
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, "page.js"));
    panel.webview.html = `<body><p id="said">nothing</p><script src="${script}"></script></body>`;
    panel.webview.onDidReceiveMessage((word) => panel.webview.postMessage(`heard ${word}`));
  }));
"""
PAGE = """\
const said = document.getElementById("said");
addEventListener("message", (event) => { said.textContent = event.data; });
acquireVsCodeApi().postMessage("the page");
"""
MANIFEST = {
    "name": "framed",
    "publisher": "podium-tests",
    "version": "1.0.0",
    "main": "./main.js",
    "engines": {"vscode": "^1.90.0"},
    "contributes": {"commands": [{"command": "framed.show", "title": "Show the framed page"}]},
}


def vsix(manifest: dict) -> bytes:
    """Return an extension whose page and program speak to one another."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("extension/package.json", json.dumps(manifest))
        archive.writestr("extension/main.js", MAIN)
        archive.writestr("extension/page.js", PAGE)
    return held.getvalue()


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.webview.ready >> visible=true").frame_locator("iframe")


def close_editors(page: Page) -> None:
    """Close them all, and wait until their pages have gone: the next one is looked for by none."""
    command(page, "View: Close All Editors")
    expect(page.locator("iframe.webview.ready >> visible=true")).to_have_count(0)


class Away:
    """Requests of pages for what is outside of the installation."""

    def __init__(self) -> None:
        self._asked: list[Request] = []
        self._open: set[Request] = set()

    def note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme.startswith("http") and not (parts.hostname or "").endswith("localhost"):
            self._asked.append(request)
            self._open.add(request)

    def over(self, request: Request) -> None:
        self._open.discard(request)

    def settle(self, page: Page) -> None:
        """Wait for the answers, before what asks is closed: nobody would know who answers."""

        def all_over() -> bool:
            page.title()  # which takes in what the browser has told meanwhile
            return not self._open

        until(all_over, timeout=60)

    def unanswered(self) -> list[str]:
        """Return what VS Code's own service worker has not answered, in the browser.

        Of the gallery VS Code asks now and then whether what is installed has a newer version:
        no page needs the answer.
        """
        away = [one.url for one in self._asked if not _within(one)]
        return [one for one in away if one != f"{OPEN_VSX}/extensionquery"]


def _within(request: Request) -> bool:
    answer = request.response()
    return answer is not None and answer.from_service_worker


@pytest.fixture
def away(owner: BrowserContext) -> Iterator[Away]:
    made = Away()
    heard = {"request": made.note, "requestfinished": made.over, "requestfailed": made.over}
    for event, hear in heard.items():
        owner.on(event, hear)  # type: ignore[call-overload] # each of them takes a Request
    yield made
    for event, hear in heard.items():
        owner.remove_listener(event, hear)


def test_previews_notebooks_and_pages_of_extensions_need_no_internet(
    installation: Installation, workspace: Workspace, page: Page, away: Away
) -> None:
    content = installation.content(workspace.id)
    code = content / "workspace" / workspace.folder
    (code / "words.md").write_text("# A heading of words\n")
    (code / "notes.ipynb").write_text(json.dumps(NOTEBOOK))
    open_ide(page, installation, workspace)

    page.get_by_role("treeitem", name=re.compile(r"words\.md")).dblclick()
    expect(page.get_by_role("tab", name=re.compile(r"words\.md"))).to_be_visible()
    # the key is its extension's, which has come when the language has its name
    expect(page.locator(".statusbar-item").get_by_text("Markdown")).to_be_visible()
    page.locator(".editor-instance .view-lines").click()
    page.keyboard.press("Control+Shift+v")
    heading = framed(page).get_by_role("heading", name="A heading of words")
    expect(heading).to_be_visible(timeout=IDE_PATIENCE)
    away.settle(page)
    close_editors(page)

    page.get_by_role("treeitem", name="notes.ipynb").dblclick()
    expect(framed(page).get_by_text("forty-two, in bold")).to_be_visible(timeout=IDE_PATIENCE)
    expect(framed(page).get_by_role("heading", name="A cell of words")).to_be_visible()
    away.settle(page)
    close_editors(page)

    # an extension from the person's computer, and three files that are none, each with its reason
    command(page, "Podium: Install Extension from This Computer…")
    lines = framed(page).locator("li")
    files = {
        "page.vsix": b"<!doctype html>",
        "nameless.vsix": vsix({**MANIFEST, "name": "../up"}),
        "later.vsix": vsix({**MANIFEST, "name": "later", "engines": {"vscode": "^99.0.0"}}),
        "framed.vsix": vsix(MANIFEST),
    }
    framed(page).locator("input").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in files.items()
        ]
    )
    expect(lines).to_have_count(len(files), timeout=IDE_PATIENCE)
    expect(lines.last).to_have_attribute("data-state", "done", timeout=IDE_PATIENCE)
    expect(lines.nth(0)).to_contain_text("not installed: it is no .vsix: not a zip archive")
    expect(lines.nth(1)).to_contain_text("not installed: its extension/package.json has no valid")
    expect(lines.nth(2)).to_contain_text("is not compatible with VS Code")
    away.settle(page)
    close_editors(page)
    installed = {one.name for one in (content / EXTENSIONS).glob("podium-tests.*")}
    assert installed >= {"podium-tests.framed-1.0.0"}
    assert not [one for one in installed if "later" in one]

    command(page, "Show the framed page")
    expect(framed(page).get_by_text("heard the page")).to_be_visible(timeout=IDE_PATIENCE)
    away.settle(page)
    assert away.unanswered() == []
