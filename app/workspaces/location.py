"""Where the code of a workspace lies: below its own name, or where `.gitpod.yml` wants it. Pure.

The node clones before anybody has read the file, so the clone lies below the repository's name
until the supervisor moves it, before its one checkout.
"""

import re

from app.db.workspaces import WorkspaceRow
from app.images.wish import text_of

_SEGMENT = re.compile(r"[A-Za-z0-9_~+@][A-Za-z0-9._~+@-]*|\.[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
_TAKEN = frozenset({".git", ".podium"})
_MOST_SEGMENTS = 10
_LONGEST = 200


def asked_for(config: str) -> str:
    """Return the folder that `checkoutLocation` names, below /workspace; empty for none.

    What is no plain path says nothing; the supervisor, which reads the whole file, tells it.
    """
    said = text_of(config, "checkoutLocation")
    parts = [one for one in said.split("/") if one not in {"", "."}]
    plain = all(_SEGMENT.fullmatch(one) and one.lower() not in _TAKEN for one in parts)
    fits = 0 < len(parts) <= _MOST_SEGMENTS and len(said) <= _LONGEST
    return "/".join(parts) if plain and fits and not said.startswith("/") else ""


def clone_of(row: WorkspaceRow) -> str:
    """Return the absolute path at which the node has cloned."""
    return f"/workspace/{row.folder}"


def code_of(row: WorkspaceRow) -> str:
    """Return the absolute path at which the code is, or will be."""
    return f"/workspace/{row.location or row.folder}"
