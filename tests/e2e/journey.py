"""What a person does, in words: sign in, open a repository, type into VS Code's terminal."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from tests.e2e.installation import Installation
from tests.e2e.patience import until

IDE_PATIENCE = 90_000
"""Milliseconds for VS Code's first paint on a busy two-core machine."""
SHOWN_TERMINAL = ".terminal.xterm:visible"
"""A window that has shown a terminal again when one was asked for has two; one hides the other."""


@dataclass
class Workspace:
    """A workspace that was opened; `folder` is its repository below /workspace."""

    id: str
    folder: str


def sign_in(page: Page, installation: Installation) -> None:
    page.goto(installation.login_link())
    expect(page.get_by_label("Repository URL")).to_be_visible()


def open_workspace(page: Page, installation: Installation, url: str) -> Workspace:
    """Paste the URL, trust the repository, start, and wait for VS Code's file tree."""
    page.goto(installation.dashboard)
    field = page.get_by_label("Repository URL")
    field.fill(url)
    field.press("Enter")
    page.get_by_role("button", name="Trust and start").click()
    # a start page leaves for the IDE at once, on a busy machine before anybody has looked
    page.wait_for_url(re.compile(r"/start/|\.ws\.localhost"), wait_until="commit")
    page.wait_for_url(re.compile(r"\.ws\.localhost"), timeout=IDE_PATIENCE)
    wait_for_files(page)
    found = re.match(r"https?://([0-9a-z-]+)\.ws\.", page.url)
    assert found is not None, page.url
    return Workspace(found.group(1), url.rpartition("/")[2])


def wait_for_files(page: Page) -> None:
    """Wait until VS Code's explorer shows the repository's files."""
    row = page.get_by_role("treeitem", name=re.compile(r"README\.md"))
    expect(row).to_be_visible(timeout=IDE_PATIENCE)


def open_ide(page: Page, installation: Installation, workspace: Workspace) -> None:
    page.goto(installation.ide(workspace.id))
    wait_for_files(page)


def see_terminal_again(page: Page) -> None:
    """Wait until a window that was loaded again shows its terminal: else one gets another."""
    expect(page.locator(SHOWN_TERMINAL).first).to_be_visible(timeout=IDE_PATIENCE)


def type_in_terminal(
    page: Page, installation: Installation, workspace: Workspace, command: str
) -> None:
    """Open VS Code's terminal if there is none, and run one command in it."""
    terminal = page.locator(SHOWN_TERMINAL).first
    # one that the window shows again is seen before it is connected
    if not page.evaluate("window.shellAnswers === true"):
        if not terminal.is_visible():
            page.keyboard.press("Control+Backquote")
            expect(terminal).to_be_visible(timeout=IDE_PATIENCE)
        _wait_for_shell(page, installation.content(workspace.id) / "workspace" / ".shell-ready")
        page.evaluate("window.shellAnswers = true")
    _click_terminal(page)
    page.keyboard.type(command)
    page.keyboard.press("Enter")


def _click_terminal(page: Page) -> None:
    """Click the terminal that is shown; one that another one hides meanwhile is let go of."""
    for _ in range(15):
        try:
            page.locator(SHOWN_TERMINAL).first.click(timeout=4000)
        except Error:
            continue
        return
    raise AssertionError("no terminal is shown for as long as a click takes")


def _wait_for_shell(page: Page, sign: Path) -> None:
    """Type until the shell answers: what is typed before it is there may be lost."""
    sign.unlink(missing_ok=True)
    for _ in range(30):
        _click_terminal(page)
        page.keyboard.type(f" touch /workspace/{sign.name}")
        page.keyboard.press("Enter")
        try:
            until(sign.exists, timeout=4)
        except AssertionError:
            continue
        sign.unlink()
        return
    raise AssertionError("the terminal has no shell")
