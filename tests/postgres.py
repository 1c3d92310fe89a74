"""A real PostgreSQL, from Debian's package, in a temporary folder and on a socket of its own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

USER = "postgres"
"""Debian's user for it: the server refuses to be root's."""


def binaries() -> Path:
    """Return the folder of the newest version that is installed."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))


def _run(*command: str | Path, out: int | IO[str] = subprocess.PIPE) -> None:
    wanted = ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups", *map(str, command)]
    subprocess.run(wanted, check=True, stdout=out, stderr=subprocess.STDOUT, cwd="/")


@contextmanager
def serving() -> Iterator[Path]:
    """Yield the folder of its socket; databases in it are as fast as they may be lost."""
    folder = Path(tempfile.mkdtemp(prefix="podium-pg-"))
    shutil.chown(folder, USER, USER)
    data, control = folder / "data", binaries() / "pg_ctl"
    try:
        locale = ("-E", "UTF8", "--locale=C.UTF-8")
        _run(binaries() / "initdb", "-D", data, "-A", "trust", "--no-sync", *locale)
        options = f"-c listen_addresses= -k {folder} -c fsync=off -c max_connections=200"
        with (folder / "log").open("w") as log:
            _run(control, "-D", data, "-w", "-t", "60", "-o", options, "start", out=log)
        try:
            yield folder
        finally:
            _run(control, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def url(folder: Path, database: str) -> str:
    """Return the URL of a database."""
    return f"postgresql+asyncpg://{USER}@/{database}?host={folder}"


def execute(folder: Path, statement: str) -> None:
    """Run a statement of administration."""
    command = [binaries() / "psql", "-h", folder, "-U", USER, "-qXc", statement]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
