"""The page of the terminals, and the files that it is made of.

It is on the workspace's own origin, which may do with the workspace whatever the person may, and
nothing else: a fault of it gives nobody more than the terminals that it shows. Its files lie in
the bundle, compressed, in a folder that is named by their digest.
"""

import os
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from supervisor.api.endpoint import Call, Endpoint, Refused, Reply, Who, answers

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[A-Za-z0-9]+)+", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{16}", re.ASCII)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".LICENSE": "text/plain"}
_AS_SAID = {"x-content-type-options": "nosniff"}
_OF_PAGE = {
    "cache-control": "no-cache",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    **_AS_SAID,
}
_FOREVER = "public, max-age=31536000, immutable"


def endpoints(folder: str, workspace: Callable[[], dict[str, Any]]) -> list[Endpoint]:
    """Return the page's; `workspace` tells it what it is the page of."""

    def page(_call: Call) -> Reply:
        content = _read(f"{folder}/index.html")
        said = policy(str(workspace()["origin"]), content)
        fields = {"content-security-policy": said, **_OF_PAGE}
        return Reply(content, kind="text/html; charset=utf-8", fields=fields)

    def file(call: Call) -> Reply:
        digest, name = call.values["digest"], call.values["name"]
        kind = _TYPES.get(os.path.splitext(name)[1])  # noqa: PTH122 - lean start, no pathlib
        if kind is None or not _DIGEST.fullmatch(digest) or not _NAME.fullmatch(name):
            raise Refused(HTTPStatus.NOT_FOUND, "not_found")
        content = _read(f"{folder}/{digest}/{name}.gz")
        fields = {"content-encoding": "gzip", "cache-control": _FOREVER, **_AS_SAID}
        return Reply(content, kind=f"{kind}; charset=utf-8", fields=fields)

    return [
        answers("GET", "/terminals", Who.PERSON, page),
        answers("GET", "/terminals/{id}", Who.PERSON, page),
        answers("GET", "/web/workspace", Who.PERSON, lambda _call: workspace()),
        answers("GET", "/web/{digest}/{name}", Who.PERSON, file),
    ]


def policy(origin: str, page: bytes = b"") -> str:
    """Return what the page may load and reach: itself. xterm.js makes styles, so they may be made.

    What it runs out of its own text is what it came with. Not every browser takes 'self' for a
    WebSocket's origin.
    """
    socket = f" {origin.replace('http', 'ws', 1)}" if origin else ""
    digests = (sha256(one).digest() for one in _INLINE.findall(page))
    inline = "".join(f" 'sha256-{b64encode(one).decode()}'" for one in digests)
    return (
        f"default-src 'none'; script-src 'self'{inline}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; connect-src 'self'{socket}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read()
    except OSError as error:
        raise Refused(HTTPStatus.NOT_FOUND, "not_found") from error
