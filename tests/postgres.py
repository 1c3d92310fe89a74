"""A real PostgreSQL, from Debian's package, in a temporary folder and on a socket of its own."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until

USER = "postgres"
"""Debian's user for it: the server refuses to be root's."""


def binaries() -> Path:
    """Return the folder of the newest version that is installed."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))


def _as_its_user(*command: str | Path) -> list[str]:
    """Return the command as the user's, which ends when whoever began it does."""
    who = ["--reuid", USER, "--regid", USER, "--init-groups", "--pdeathsig", "KILL"]
    return ["setpriv", *who, *map(str, command)]


@contextmanager
def serving() -> Iterator[Path]:
    """Yield the folder of its socket; databases in it are as fast as they may be lost."""
    folder = Path(tempfile.mkdtemp(prefix="podium-pg-"))
    shutil.chown(folder, USER, USER)
    data = folder / "data"
    try:
        made = ("-D", data, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        subprocess.run(
            _as_its_user(binaries() / "initdb", *made), check=True, capture_output=True, cwd="/"
        )
        settings = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
        command = (binaries() / "postgres", "-D", data, "-k", folder, *settings)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(_as_its_user(*command), stdout=log, stderr=log, cwd="/")
        try:
            until(lambda: _answers(folder), timeout=60)
            yield folder
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is wanted any more
            server.wait(60)
    finally:
        shutil.rmtree(folder)


def _answers(folder: Path) -> bool:
    ready = [str(binaries() / "pg_isready"), "-q", "-h", str(folder)]
    return subprocess.run(ready, check=False).returncode == 0


def url(folder: Path, database: str) -> str:
    """Return the URL of a database."""
    return f"postgresql+asyncpg://{USER}@/{database}?host={folder}"


def execute(folder: Path, statement: str) -> None:
    """Run a statement of administration."""
    command = [binaries() / "psql", "-h", folder, "-U", USER, "-qXc", statement]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
