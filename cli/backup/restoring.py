"""Makes what is in a backup ready beside its place; `finishing` puts it there."""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from cli.backup import archive, parts
from cli.backup.finishing import HALF, SETTINGS_FILE, clear
from cli.launcher.folders import ensure_user
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings
from kit.objectowner import renew
from wire.layout import Layout

_NEWER = 3
"""Exit code of `app.db.receiving`."""
Receive = Callable[[Path], "subprocess.CompletedProcess[str]"]
"""Lets the server's own code take in a database."""


def in_use(layout: Layout) -> list[str]:
    """Return what of an installation is there already; restore points and content are no reason."""
    found = (layout.database, layout.master_key, layout.ssh_home)
    return [
        str(one)
        for one in found
        if real(one).is_file() or (real(one).is_dir() and any(real(one).iterdir()))
    ]


def check(file: Path, passphrase: str) -> archive.Manifest:
    """Read all of a backup and compare every digest. Raises CommandError."""
    try:
        return archive.read(file, passphrase)
    except (archive.Damaged, archive.WrongPassphrase, OSError) as error:
        raise _refused(file, error) from error


def stage(
    settings: Settings, file: Path, passphrase: str, receive: Receive
) -> tuple[archive.Manifest, dict[str, object]]:
    """Make everything ready beside its place; returns what was read and what became of it."""
    home = real(settings.layout.home)
    home.mkdir(parents=True, exist_ok=True)
    half = home / HALF
    clear(settings.layout)
    uid, gid = ensure_user(settings.user)
    for folder in (half, half / "server", half / "ssh"):
        folder.mkdir(mode=0o700)
    try:
        half.chmod(0o711)  # the server's user takes in the database; all in it is closed
        manifest = archive.read(file, passphrase, lambda part: _place(half, part))
        _owned(half / "server", uid, gid)
        _owned(half / "ssh", uid, gid)
        os.chown(half / "master.key", uid, gid)
        told = _received(file, receive(half / "server" / "podium.db"))
        _write_settings(half)
        if (half / parts.INSTALLATION).exists():
            renew(half / parts.INSTALLATION, time.time())
    except (archive.Damaged, archive.WrongPassphrase, OSError, ValueError) as error:
        clear(settings.layout)
        raise _refused(file, error) from error
    except BaseException:
        clear(settings.layout)
        raise
    return manifest, told


def _place(half: Path, part: archive.Part) -> BinaryIO:
    names = {
        parts.DATABASE: half / "server" / "podium.db",
        parts.MASTER_KEY: half / "master.key",
        parts.SETTINGS: half / parts.SETTINGS,
        parts.INSTALLATION: half / parts.INSTALLATION,
    }
    if parts.is_host_key(part.name):
        path = half / part.name
    elif part.name in names:
        path = names[part.name]
    else:
        raise archive.Damaged(f"{part.name} is no part of an installation.")
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _received(file: Path, done: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    if done.returncode == _NEWER:
        raise CommandError(
            f"{file.name} was made by a newer Podium",
            f"Its database has the schema {done.stderr.strip()}, which this Podium does not know.",
            "Install that version of Podium or a later one, then restore again.",
        )
    if done.returncode != 0:
        raise CommandError("Its database cannot be read", done.stderr.strip())
    told: dict[str, object] = json.loads(done.stdout)
    return told


def _write_settings(half: Path) -> None:
    """Write what `sh` can read; a setting counts only when somebody sets it again."""
    try:
        found = msgspec.json.decode((half / parts.SETTINGS).read_bytes(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise archive.Damaged(f"Its settings cannot be read: {error}") from error
    odd = [name for name in found if not parts.is_setting(name)]
    if odd:  # somebody lets a shell read it
        raise archive.Damaged(f"Its settings name what cannot be: {odd[0]!r}.")
    lines = [f"export {name}={shlex.quote(value)}" for name, value in found.items()]
    (half / SETTINGS_FILE).write_text("\n".join(lines) + "\n")
    (half / SETTINGS_FILE).chmod(0o600)
    (half / parts.SETTINGS).unlink()


def _owned(folder: Path, uid: int, gid: int) -> None:
    for one in (folder, *folder.iterdir()):
        os.chown(one, uid, gid)


def _refused(file: Path, error: Exception) -> CommandError:
    nothing = "Nothing was changed. "
    if isinstance(error, archive.WrongPassphrase):
        return CommandError(
            f"{file.name} does not open",
            str(error),
            f"{nothing}Give the passphrase it was made with.",
        )
    if isinstance(error, archive.Damaged):
        return CommandError(
            f"{file.name} is damaged, or no backup", str(error), f"{nothing}Take another one."
        )
    return CommandError(f"{file.name} could not be restored", str(error), f"{nothing}Try again.")
