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
    "txt": "text/plain; charset=utf-8",
    "map": "application/json",
    "xml": "application/xml",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "pdf": "application/pdf",
    "webmanifest": "application/manifest+json",
}
_UNKNOWN = "application/octet-stream"


def type_of(path: str) -> str:
    """Return the content type of a file."""
    return _TYPES.get(path.rpartition("/")[2].rpartition(".")[2].lower(), _UNKNOWN)


_COMPRESSIBLE = frozenset(
    {"js", "mjs", "css", "html", "json", "wasm", "svg", "ttf", "md", "txt", "map", "xml", "ico"}
)


def is_compressible(path: str) -> bool:
    """Tell whether compressing a file of that name is worth trying."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() in _COMPRESSIBLE
