"""A database with the newest schema: the migrations run once, their file is copied."""

import tempfile
from functools import cache
from pathlib import Path

from app.db import migrate


def make_database(path: Path) -> None:
    """Put an empty database with every table there, unless there is one."""
    if not path.exists():
        path.write_bytes(_file())


@cache
def _file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "podium.db"
        migrate.upgrade(path)
        return path.read_bytes()
