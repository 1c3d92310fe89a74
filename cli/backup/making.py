"""Makes a backup of the platform, while it runs or not."""

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec

from cli.backup import archive, parts
from cli.launcher import keeper, state
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings

Say = Callable[[str, float], None]
"""Tells people what is done, and the seconds that it took."""
LONGEST = 600.0
"""Seconds for a step that works on the database."""


def make(settings: Settings, target: Path, passphrase: str, say: Say) -> archive.Manifest:
    """Save everything into one file, whole or not at all. Raises CommandError."""
    layout = settings.layout
    copied = real(layout.server_home) / "saving.db"
    try:
        began = time.monotonic()
        revision = _copy(settings, copied)
        with ExitStack() as stack:
            database = stack.enter_context(parts.opened(copied))
            say(f"database ({_size(copied.stat().st_size)})", time.monotonic() - began)
            began = time.monotonic()
            sources = [
                archive.source(parts.DATABASE, database),
                archive.source(
                    parts.MASTER_KEY, stack.enter_context(parts.opened(real(layout.master_key)))
                ),
                *(
                    archive.source(name, stack.enter_context(content))
                    for name, content in parts.host_keys(layout)
                ),
                *_installation(settings, stack),
                archive.source(parts.SETTINGS, msgspec.json.encode(_settings(settings))),
            ]
            manifest = archive.Manifest(
                time.time(),
                keeper.version(),
                revision,
                str(layout.home),
                tuple(one.part for one in sources),
            )
            size = archive.write(target, manifest, sources, passphrase)
            say(f"{target} ({_size(size)})", time.monotonic() - began)
    except FileExistsError as error:
        raise CommandError(
            f"{target} is there already", "Nothing is overwritten.", "Give another name."
        ) from error
    except (OSError, parts.Odd) as error:
        raise CommandError(
            "The backup could not be made", words_of(error), "Nothing was left behind; try again."
        ) from error
    finally:
        copied.unlink(missing_ok=True)
    return manifest


def as_owner(settings: Settings, module: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of the server as the server's user. Raises CommandError without such a user."""
    try:
        owner = pwd.getpwnam(settings.user)
    except KeyError as error:
        raise CommandError(
            f"There is no user {settings.user}",
            "PODIUM_USER names nobody.",
            "Run `podium up` once.",
        ) from error
    drop = os.geteuid() == 0
    try:
        return _run(module, words, owner, drop=drop)
    except subprocess.TimeoutExpired as error:
        raise CommandError(
            "The database takes too long",
            f"It was not done in {LONGEST:g} s.",
            "Look what the disk is busy with, then try again.",
        ) from error


def _run(
    module: str, words: tuple[str, ...], owner: pwd.struct_passwd, *, drop: bool
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *words],
        user=owner.pw_uid if drop else None,
        group=owner.pw_gid if drop else None,
        extra_groups=[] if drop else None,
        env={
            "PYTHONPATH": str(keeper.SOURCES),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": keeper.PATH,
            "LANG": "C.UTF-8",
        },
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def _copy(settings: Settings, target: Path) -> str:
    """Copy the database as it is now; returns its schema's revision."""
    database = real(settings.layout.database)
    if not database.exists():
        raise CommandError(
            "There is nothing to back up yet",
            f"{database} does not exist.",
            "Start Podium once with `make up`, or set PODIUM_HOME to its data folder.",
        )
    done = as_owner(settings, "app.db.copying", str(database), str(target))
    if done.returncode != 0:
        raise CommandError("The database could not be copied", done.stderr.strip())
    return done.stdout.strip()


def words_of(error: Exception) -> str:
    """Return an error for people, in one line and without its number."""
    if isinstance(error, CommandError):
        return f"{error.title}. {error.cause}".strip()
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


def _installation(settings: Settings, stack: ExitStack) -> list[archive.Source]:
    """Return who this installation is towards an object store, if it uses one."""
    file = real(settings.layout.installation)
    if not file.exists():
        return []
    return [archive.source(parts.INSTALLATION, stack.enter_context(parts.opened(file)))]


def _settings(settings: Settings) -> dict[str, str]:
    """Return the settings that Podium runs with; those of this command when it does not run."""
    found = state.running(settings.layout)
    return parts.portable(settings.environment if found is None else found.environment)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
