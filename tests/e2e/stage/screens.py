"""What stands on the screens of the terminals' page."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.patience import until

_LINES = """pane => {
  const { buffer } = pane.pane.term;
  const text = at => buffer.active.getLine(at).translateToString(true);
  return Array.from({ length: buffer.active.length }, (_, at) => text(at));
}"""


def active(page: Page) -> Locator:
    """The pane that is typed into."""
    return page.locator(".pane.active")


def rows(page: Page) -> Locator:
    """What is drawn of it."""
    return active(page).locator(".xterm-rows")


def ready(page: Page) -> None:
    """Wait for a prompt, and until it is typed to."""
    expect(rows(page)).to_contain_text(re.compile(r"[$#] "))
    expect(active(page).locator("textarea")).to_be_focused()


def another(page: Page, key: str = "Control+Shift+Backquote") -> None:
    """Open one more terminal, and wait until it is the one that is typed to.

    It may be told of before the page has made it the active one.
    """
    active(page).evaluate("pane => { pane.dataset.old = 'yes'; }")
    page.keyboard.press(key)
    expect(page.locator(".pane.active:not([data-old])")).to_have_count(1)
    ready(page)


def run(page: Page, command: str) -> None:
    """Type a command and Enter."""
    page.keyboard.type(command)
    page.keyboard.press("Enter")


def shows(page: Page, text: str) -> None:
    """Wait until something is drawn; spaces on a screen do not break."""
    expect(rows(page)).to_contain_text(text)


def says(page: Page, line: str) -> None:
    """Wait until a line is drawn that says just this.

    It is a command's own word: the command that was typed may have the same text in it.
    """
    just = re.compile(rf"^\s*{re.escape(line)}\s*$")
    expect(rows(page).locator("> div").filter(has_text=just)).not_to_have_count(0)


def over(page: Page, last: str) -> None:
    """Wait until a command has written its last line, and the next prompt is there.

    What is typed before that is echoed before it.
    """
    end = re.compile(rf"(^|\$ ){re.escape(last)}\n\$\Z", re.MULTILINE)
    until(lambda: end.search("\n".join(lines(page)).rstrip()), 20)


def lines(page: Page) -> list[str]:
    """Everything that the page holds of the terminal, scrolled away or not."""
    return list(active(page).evaluate(_LINES))


def paste(page: Page, text: str) -> None:
    """Paste as the browser's own key does."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          const event = new ClipboardEvent("paste", how);
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )
