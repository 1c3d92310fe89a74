"""Static files under names that carry their content's hash, so that browsers never ask twice."""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
IMMUTABLE = "public, max-age=31536000, immutable"
_FOLDERS = ("css", "js", "img", "vendor")
_UNSERVED = ("vendor/axe.js", "vendor/xterm")
"""Beginnings of what only tests use, and what a workspace's supervisor serves."""
_SMALL = 512
"""Bytes below which compressing is not worth it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    content: bytes
    compressed: bytes | None
    media_type: str


class Assets:
    """All static files, read once at start."""

    def __init__(self, static: Path = FRONTEND / "static") -> None:
        self._by_url: dict[str, Asset] = {}
        self._urls: dict[str, str] = {}
        for folder in _FOLDERS:
            for path in sorted((static / folder).rglob("*")):
                name = str(path.relative_to(static))
                if path.is_file() and not name.startswith(_UNSERVED):
                    self._add(name, path.read_bytes())

    def _add(self, name: str, content: bytes) -> None:
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else None
        key = f"{sha256(content).hexdigest()[:16]}/{name}"
        self._by_url[key] = Asset(content, packed, media)
        self._urls[name] = f"/assets/{key}"

    def url(self, name: str) -> str:
        """Return the URL of a file such as `css/podium.css`; raises KeyError when it is missing."""
        return self._urls[name]

    def find(self, key: str) -> Asset | None:
        """Return the file at `<hash>/<name>`; anything else names nothing."""
        return self._by_url.get(key)
