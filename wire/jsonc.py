"""JSON with comments and trailing commas, as devcontainer.json is written. Pure.

The server reads one field of it, the supervisor all, and both the same text.
"""

import re

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<comma>,)(?=(?:\s|//[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*[\]}])",
    re.DOTALL,
)


def plain(text: str) -> str:
    """Return the text as JSON, with everything where it was."""
    return _TOKEN.sub(_blanked, text.removeprefix("\ufeff"))


def _blanked(found: re.Match[str]) -> str:
    if found["text"] is not None:
        return found["text"]
    return "".join(one if one == "\n" else " " for one in found[0])
