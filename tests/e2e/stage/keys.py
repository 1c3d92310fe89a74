"""Walking a page with the keyboard."""

from playwright.sync_api import Page

MOST = 60
"""Presses of Tab until something has to be there."""
_FOCUS = """() => {
  const one = document.activeElement;
  const shown = [one, one.closest(".start-field")].some(
    n => n && getComputedStyle(n).outlineStyle !== "none" && n.getClientRects().length);
  return [one.getAttribute("aria-label") ?? one.innerText ?? "", shown, one.tagName];
}"""


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus says this; each stop on the way can be seen."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        said, shown, tag = page.evaluate(_FOCUS)
        if tag == "BODY":
            continue
        assert shown, f"the focus on {said!r} cannot be seen"
        if " ".join(said.split()).startswith(text):
            return
    raise AssertionError(f"{text!r} cannot be reached with Tab")
