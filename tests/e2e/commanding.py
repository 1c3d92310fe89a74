"""What a person does in VS Code's window: its commands, its terminals, its clipboard."""

import re

from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.journey import IDE_PATIENCE
from tests.e2e.patience import until


def command(page: Page, title: str) -> None:
    """Run a command of VS Code by its title; what opens meanwhile may close the list of them."""
    field = page.locator(".quick-input-widget input").first
    entry = page.locator(".quick-input-list .label-name").get_by_text(title, exact=True).first
    for _ in range(10):
        page.keyboard.press("F1")
        try:
            field.fill(f">{title}", timeout=6000)
            entry.click(timeout=6000)
        except Error:
            continue
        return
    raise AssertionError(title)


def offered(page: Page, title: str) -> None:
    """Wait until VS Code has a command; a list that is open learns of no new one."""
    field = page.locator(".quick-input-widget input").first
    entry = page.locator(".quick-input-list .label-name").get_by_text(title).first
    for _ in range(20):
        page.keyboard.press("F1")
        try:
            field.fill(f">{title}", timeout=6000)
            entry.wait_for(timeout=6000)
        except Error:
            page.keyboard.press("Escape")
            continue
        page.keyboard.press("Escape")
        return
    raise AssertionError(title)


def notification(page: Page, text: str) -> Locator:
    """Return what VS Code tells, out of the list of all: a toast goes after some seconds."""
    command(page, "Notifications: Show Notifications")
    return page.locator(".notifications-center .notification-list-item").filter(has_text=text)


def clear_notifications(page: Page) -> None:
    """Have nothing told any more, and the list of it closed: it lies over the terminals."""
    command(page, "Notifications: Clear All Notifications")
    expect(page.locator(".notifications-center")).to_be_hidden()


def show_terminals(page: Page) -> Locator:
    """Open the panel, with whatever is in it; returns its tabs."""
    entries = page.locator(".terminal-tabs-entry:visible")
    # the last that is shown again
    among = page.get_by_role("tab", name=re.compile("Among"))
    expect(among).to_be_visible(timeout=IDE_PATIENCE)
    command(page, "Terminal: Focus on Terminal View")
    expect(entries.nth(1)).to_be_visible(timeout=IDE_PATIENCE)
    return entries


def type_in_new_terminal(page: Page, text: str) -> None:
    """Open a terminal, which is one more than there are, and run a command in it."""
    entries = show_terminals(page)
    before = entries.count()
    command(page, "Terminal: Create New Terminal")
    expect(entries).to_have_count(before + 1)
    newest = page.locator(".tabs-list .monaco-list-row").filter(has=entries).last
    expect(newest).to_have_class(re.compile(r"\bselected\b"))
    expect(page.locator(".terminal-group .terminal.xterm.focus")).to_be_visible()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def on_the_screen(page: Page) -> str:
    """Return everything that the terminal in front shows, also above the window."""
    page.evaluate("navigator.clipboard.writeText('')")
    command(page, "Terminal: Select All")
    command(page, "Terminal: Copy Selection")
    return copied(page)


def copied(page: Page) -> str:
    """Return the clipboard's text, as soon as there is one."""
    until(lambda: page.evaluate("navigator.clipboard.readText()"), timeout=30)
    return page.evaluate("navigator.clipboard.readText()")
