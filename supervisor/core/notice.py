"""What the platform itself says in a terminal."""


def notice(text: str) -> bytes:
    """Return a dim line of its own, which every terminal understands."""
    return f"\r\n\x1b[2m{text}\x1b[0m\r\n".encode()
