"""What a file is, by its name. A fixed table: the machine's own must not change an answer."""

_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "wasm": "application/wasm",
    "svg": "image/svg+xml",
    "png": "image/png",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "ico": "image/vnd.microsoft.icon",
    "ttf": "font/ttf",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "mp3": "audio/mpeg",
    "md": "text/markdown; charset=utf-8",
}
_UNKNOWN = "application/octet-stream"


def type_of(path: str) -> str:
    """Return the content type of a file."""
    return _TYPES.get(path.rpartition("/")[2].rpartition(".")[2].lower(), _UNKNOWN)
