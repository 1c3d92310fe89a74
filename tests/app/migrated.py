"""A database with the newest schema: the migrations run once, then it is copied.

In a file, or on a PostgreSQL where `PODIUM_TEST_POSTGRES` names the folder of its socket.
"""

import asyncio
import os
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Thread

from app.db import migrate
from kit.databaseurl import sqlite_url
from tests import postgres

SERVER = os.environ.get("PODIUM_TEST_POSTGRES", "")


def make_database(path: Path) -> str:
    """Put an empty database with every table there, unless there is one; returns its URL."""
    if SERVER:
        return postgres.url(Path(SERVER), _on_server(path))
    make_file(path)
    return sqlite_url(str(path))


def make_file(path: Path) -> None:
    """The same, in a file whatever else is tried."""
    if not path.exists():
        path.write_bytes(_file())


@cache
def _file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "podium.db"
        migrate.upgrade(path)
        return path.read_bytes()


@cache
def _on_server(path: Path) -> str:
    name = f"test_{sha256(str(path).encode()).hexdigest()[:16]}"
    postgres.execute(Path(SERVER), f"CREATE DATABASE {name} TEMPLATE {_template()}")
    return name


@cache
def _template() -> str:
    name = f"template_{os.getpid()}"
    postgres.execute(Path(SERVER), f"CREATE DATABASE {name}")
    upgrading = migrate.upgrade_server(postgres.url(Path(SERVER), name))
    # a loop may be running here
    work = Thread(target=asyncio.run, args=(upgrading,))
    work.start()
    work.join()
    return name
