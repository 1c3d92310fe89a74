"""Whether a browser loads VS Code's static files on its way to a start page.

Once for each version: a cookie says which one this browser has. It is only a hint, so that
nothing depends on it; a browser that has lost the files loads them with VS Code itself.
"""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from app.settings import Settings
from app.workspaces.artefacts import Artefacts
from wire.assets import image_of, preload_target
from wire.tokens import cookie_names

DIGEST_LENGTH = 20
"""Characters of the name of a tree that set-up has built."""
KEPT = 365 * 86400
"""Seconds, as long as browsers keep the files."""


def way_to_start(
    request: Request[Any, Any, Any],
    settings: Settings,
    artefacts: Artefacts | None,
    workspace: str,
) -> tuple[str, list[Cookie]]:
    """Return where a person goes who has started a workspace, and the cookies to set."""
    start = f"/start/{workspace}"
    if artefacts is None or len(artefacts.vscode) != DIGEST_LENGTH:  # no real tree
        return start, []
    name = cookie_names(settings.layout.tag)["preloaded"]
    if request.cookies.get(name) == artefacts.vscode:
        return start, []
    target = preload_target(image_of(artefacts.vscode), workspace)
    return f"{settings.hosts.preload}{target}", [
        Cookie(
            key=name,
            value=artefacts.vscode,
            path="/",
            max_age=KEPT,
            secure=True,
            httponly=True,
            samesite="lax",
        )
    ]
