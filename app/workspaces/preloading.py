"""What a browser does already while a workspace starts: it loads files, and asks to be let in.

VS Code's static files are loaded on the way to a start page, once for each version: a cookie
says which one this browser has. It is only a hint, so that nothing depends on it; a browser that
has lost the files loads them with VS Code itself.
"""

from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.datastructures import Cookie

from app.settings import Settings
from wire.assets import image_of, preload_target
from wire.hosts import OPEN_PATH
from wire.tokens import cookie_names

DIGEST_LENGTH = 20
"""Characters of the name of a tree that set-up has built."""
KEPT = 365 * 86400
"""Seconds, as long as browsers keep the files."""


def way_to_start(
    request: Request[Any, Any, Any],
    settings: Settings,
    tree: str,
    workspace: str,
) -> tuple[str, list[Cookie]]:
    """Return where a person goes who has started a workspace, and the cookies to set.

    `tree` is that of the VS Code that it will open with, empty for none.
    """
    start = f"/start/{workspace}"
    if len(tree) != DIGEST_LENGTH:  # no real one
        return start, []
    name = cookie_names(settings.layout.tag)["preloaded"]
    if request.cookies.get(name) == tree:
        return start, []
    target = preload_target(image_of(tree), workspace)
    return f"{settings.hosts.preload}{target}", [
        Cookie(
            key=name,
            value=tree,
            path="/",
            max_age=KEPT,
            secure=True,
            httponly=True,
            samesite="lax",
        )
    ]


def early_url(ide_url: str, ready_url: str) -> str:
    """Return where a browser may go while a workspace starts: it is let in when VS Code answers.

    Empty when the start leads elsewhere, to a port: that says itself that it is not there yet,
    and where one was is behind the page then.
    """
    if ready_url != ide_url and not ready_url.startswith((f"{ide_url}/", f"{ide_url}?")):
        return ""
    return f"{ide_url}{OPEN_PATH}?to={quote(ready_url.removeprefix(ide_url) or '/')}"
