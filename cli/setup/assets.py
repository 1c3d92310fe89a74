"""VS Code's files for browsers: out of the IDE tree into an OCI image, compressed beside.

The first layer holds the files, the second what brotli made of them. Quality 5 takes
seconds; blobserve does better later, when nobody waits.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from cli.setup import layout
from cli.setup.mend import SHARED_OF_EXTENSIONS
from cli.setup.progress import Step

QUALITY = 5
THREADS = 2
"""brotli works outside the interpreter's lock, so two threads keep two cores busy."""

_NOT_FOR_BROWSERS = (
    "server-main.js",
    "server-script.js",
    "server-cli.js",
    "bootstrap-fork.js",
    "nls.metadata.json",
)
_MODULES = (
    "@microsoft/1ds-core-js",
    "@microsoft/1ds-post-js",
    "@vscode/iconv-lite-umd",
    "@vscode/tree-sitter-wasm",
    "@vscode/vscode-languagedetection",
    "@xterm",
    "jschardet",
    "katex",
    "tas-client",
    "vscode-oniguruma",
    "vscode-textmate",
)
"""Packages that the workbench and its workers load by themselves."""
_SERVED = frozenset(
    [
        ".js",
        ".mjs",
        ".css",
        ".html",
        ".json",
        ".wasm",
        ".bin",
        ".svg",
        ".png",
        ".gif",
        ".jpg",
        ".ico",
        ".ttf",
        ".woff",
        ".woff2",
        ".mp3",
        ".md",
    ]
)
_COMPRESSED = (_SERVED - frozenset([".png", ".gif", ".jpg", ".ico", ".woff", ".woff2", ".mp3"])) | {
    ".plist",
    ".tmLanguage",
    ".tmTheme",
}
_OF_EXTENSIONS = re.compile(SHARED_OF_EXTENSIONS)
_WORTH = 1000
"""Bytes below which compressing saves no packet."""


def build(_step: Step, tree: Path, image: str, fresh: Path) -> None:
    """Write the image of the IDE `tree` as an OCI layout."""
    files = list(select(tree / "vscode"))
    with ThreadPoolExecutor(THREADS) as pool:
        smaller = pool.map(_compress, (path for _name, path in files))
        packed = [
            (f"{one}.br", content)
            for (one, _path), content in zip(files, smaller, strict=True)
            if content
        ]
    plain = ((one, path.read_bytes()) for one, path in files)
    layout.write(fresh, image, [plain, packed])


def select(vscode: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of each file that a browser may ask for, in the order of names."""
    modules = (vscode / "node_modules" / one for one in _MODULES)
    folders = [vscode / "extensions", vscode / "out", *modules]
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(vscode)
            if path.is_file() and _is_served(inside):
                yield str(inside), path


def _is_served(inside: Path) -> bool:
    if inside.parts[0] == "extensions":
        return _OF_EXTENSIONS.match(f"/ide/vscode/{inside}") is not None
    if inside.parts[0] == "out" and "node" in inside.parts:
        return False
    return inside.suffix in _SERVED and inside.name not in _NOT_FOR_BROWSERS


def _compress(path: Path) -> bytes:
    """Return the file compressed; nothing when that is not worth it."""
    if path.suffix not in _COMPRESSED:
        return b""
    content = path.read_bytes()
    if len(content) < _WORTH:
        return b""
    smaller = brotli.compress(content, quality=QUALITY)
    return smaller if len(smaller) < len(content) * 0.95 else b""
