"""Paths and names inside restore points: bytes, as text for URLs, headers and people. Pure."""

import re
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from app.faults import Malformed

_LONGEST = 4096
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
_LONGEST_NAME = 100


def read_path(text: str) -> bytes:
    """Return the path that a text means: below the top, no step upwards; raises Malformed."""
    path = unquote_to_bytes(text.strip("/"))
    parts = path.split(b"/") if path else []
    if len(path) > _LONGEST or b"\0" in path or any(one in {b"", b".", b".."} for one in parts):
        raise Malformed(
            "path_invalid",
            "This is no path inside a restore point",
            "It begins with workspace/ or home/ and has no empty part, and no dots alone.",
        )
    return path


def write_path(path: bytes) -> str:
    """Return the text that means a path."""
    return quote_from_bytes(path, safe="/")


def shown(name: bytes) -> str:
    """Return a name for people: what is no UTF-8 or cannot be shown is a question mark."""
    text = name.decode("utf-8", errors="replace")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def disposition(name: str) -> str:
    """Return a Content-Disposition that saves under this name (RFC 6266, RFC 8187)."""
    name = name.replace("/", "_")[:_LONGEST_NAME] or "download"
    plain = _UNSAFE.sub("_", name).strip("._") or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
