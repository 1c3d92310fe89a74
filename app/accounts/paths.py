"""Paths to return to: relative ones only, whatever a browser would make of them. Pure."""

MAX_PATH = 2048


def relative(path: str, otherwise: str = "/") -> str:
    """Return the path when it stays on its host, else another one."""
    plain = all(0x20 < ord(one) < 0x7F and one != "\\" for one in path)
    if plain and len(path) <= MAX_PATH and path.startswith("/") and not path.startswith("//"):
        return path
    return otherwise
