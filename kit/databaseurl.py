"""URLs of databases, with the drivers that are used."""


def sqlite_url(path: str) -> str:
    """Return the URL of a database file (absolute path)."""
    return f"sqlite+aiosqlite:///{path}"


def server_url(url: str) -> str:
    """Return a PostgreSQL URL with the driver that is used; "" for what is none."""
    scheme, separator, rest = url.partition("://")
    known = scheme in {"postgres", "postgresql", "postgresql+asyncpg"}
    return f"postgresql+asyncpg://{rest}" if known and separator else ""
