"""The page of a workspace's terminals, which its supervisor serves out of the bundle.

Page and protocol come in one bundle: a workspace that runs keeps both, whatever the platform
has become. All files lie in one folder that carries their digest, so that browsers keep them,
compressed: who can run them can unpack them.
"""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cli.setup.steps import Files, of_terminals

VENDOR = (
    "xterm.js",
    "xterm.css",
    "xterm.LICENSE",
    "xterm-addon-clipboard.js",
    "xterm-addon-fit.js",
    "xterm-addon-search.js",
    "xterm-addon-unicode11.js",
    "xterm-addon-web-links.js",
    "xterm-addon-webgl.js",
)
INDEX = "index.html"
_PLACE = "{{web}}"
_IMPORTED = ('"./', '"../vendor/')


def gather(files: Files, vendor: Path) -> dict[str, bytes]:
    """Return the page's files by their flat name; scripts import each other by it."""
    found = {name: (vendor / name).read_bytes() for name in VENDOR}
    for path, content in sorted(files.items()):
        if not of_terminals(path):
            continue
        name = path.rpartition("/")[2]
        assert name not in found, f"two files of the page are called {name}"
        found[name] = _flat(content) if name.endswith(".js") else content
    return found


def _flat(script: bytes) -> bytes:
    text = script.decode()
    for folder in _IMPORTED:
        text = text.replace(f"from {folder}", 'from "./')
    return text.encode()


def write(found: Mapping[str, bytes], web: Path) -> None:
    """Write `index.html`, and the rest into the folder that is named by its digest."""
    rest = {name: content for name, content in found.items() if name != INDEX}
    total = sha256()
    for name, content in sorted(rest.items()):
        total.update(b"%s %d\n" % (name.encode(), len(content)) + content)
    digest = total.hexdigest()[:16]
    folder = web / digest
    folder.mkdir(parents=True)
    for name, content in rest.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    page = found[INDEX].decode().replace(_PLACE, f"/_supervisor/web/{digest}")
    (web / INDEX).write_text(page)
