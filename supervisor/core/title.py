"""The title of VS Code's window: the file, the workspace's name, and its state. Pure."""

import re

_BEFORE = "${dirty}${activeEditorShort}${separator}"
_OURS = re.compile(
    r"\$\{dirty\}\$\{activeEditorShort\}\$\{separator\}.*\$\{separator\}(running|stops in \d+ min)",
    re.DOTALL,
)
SOON = 300.0
"""Seconds before a stop in which the title counts the minutes."""


def window_title(name: str, stops_at: float | None, now: float) -> str:
    """Return the value of `window.title`; the name is text, whatever it looks like."""
    left = None if stops_at is None else stops_at - now
    state = "running"
    if left is not None and 0 < left < SOON:
        state = f"stops in {max(1, -int(-left // 60))} min"
    return f"{_BEFORE}{name.replace('${', '$ {')}${{separator}}{state}"


def ours(value: object) -> bool:
    """Tell whether a title is one of these, or none at all: a person's own is left alone."""
    return value is None or (isinstance(value, str) and _OURS.fullmatch(value) is not None)
