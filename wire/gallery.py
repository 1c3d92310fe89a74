"""The gallery that VS Code's extensions come from, as the operator names it. Pure."""

import json
from urllib.parse import urlsplit

OPEN_VSX = "https://open-vsx.org/vscode/gallery"
NONE = "none"
VARIABLE = "EXTENSIONS_GALLERY"
"""VS Code's server reads it; a person's own variable of this name counts more."""


def checked(text: str) -> str:
    """Return a gallery's address without a slash at its end, or `none`; raises ValueError."""
    if text.lower() == NONE:
        return NONE
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http(s) address, like https://gallery.example.org/vscode")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must be an address alone: no user, no ? and no #")
    return text.rstrip("/")


def variables_of(gallery: str) -> dict[str, str]:
    """Return what a workspace has to be told: nothing for Open VSX, which VS Code knows itself."""
    if gallery == OPEN_VSX:
        return {}
    address = "" if gallery == NONE else gallery
    document = {"serviceUrl": address, "itemUrl": "", "resourceUrlTemplate": ""}
    return {VARIABLE: json.dumps(document)}
