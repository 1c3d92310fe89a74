"""URLs of databases, with the drivers that are used."""

from urllib.parse import parse_qsl, urlencode


def sqlite_url(path: str) -> str:
    """Return the URL of a database file (absolute path)."""
    return f"sqlite+aiosqlite:///{path}"


def server_url(url: str) -> str:
    """Return a PostgreSQL URL with the driver that is used; "" for what is none."""
    scheme, separator, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not separator:
        return ""
    place, asked, query = rest.partition("?")
    # as libpq's programs take it, and as the driver does
    pairs = [("ssl" if name == "sslmode" else name, value) for name, value in parse_qsl(query)]
    return f"postgresql+asyncpg://{place}{asked}{urlencode(pairs, safe='/')}"
