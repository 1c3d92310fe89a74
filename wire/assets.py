"""Addresses of immutable files out of images: `<ide host>/blobserve/<image>/__files__/<path>`.

The image is named by a tag or digest that never means anything else, so a browser keeps
what it got for good, whichever workspace it got it for.

Browsers keep by the site of the page that asked (`ws.<content>`), so the dashboard, which is
another site, can load nothing ahead for a workspace. A page on a host of that site can:
`ws.<content>/.podium/preload?image=…&workspace=…`, answered by the proxy itself.
"""

import re
from urllib.parse import parse_qs, urlencode

from wire.ids import is_workspace_id

PREFIX = "/blobserve/"
FILES = "/__files__/"
PRELOAD_PATH = "/.podium/preload"
_IMAGE = re.compile(r"vscode:[0-9a-f]{20}", re.ASCII)


def image_of(tree: str) -> str:
    """Return the image with the static files of the IDE tree of that digest."""
    return f"vscode:{tree}"


def static_root(origin: str, image: str) -> str:
    """Return the address below which the files of an image lie, without a trailing slash."""
    return f"{origin}{PREFIX}{image}{FILES}"[:-1]


def foreign_target(target: str) -> str:
    """Return blobserve's target for one of a foreign content's host, `/<image>/__files__/<path>`.

    Empty when it names no file; whether it names an image is blobserve's to read.
    """
    image, found, path = target.partition("?")[0].partition(FILES)
    return f"{PREFIX[:-1]}{target}" if found and path and len(image) > 1 else ""


def preload_target(image: str, workspace: str) -> str:
    """Return path and query of the page that loads an image's files, then leads to a start."""
    return f"{PRELOAD_PATH}?{urlencode({'image': image, 'workspace': workspace})}"


def read_preload(query: str) -> tuple[str, str] | None:
    """Return image and workspace of such a query; None unless both are what we spell."""
    found = parse_qs(query, max_num_fields=4)
    image, workspace = found.get("image", [""])[0], found.get("workspace", [""])[0]
    if _IMAGE.fullmatch(image) is None or not is_workspace_id(workspace):
        return None
    return image, workspace
