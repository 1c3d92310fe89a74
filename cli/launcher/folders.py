"""The user, the folders and the keys that processes find when they start."""

import os
import pwd
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

from cli.backup import finishing
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings

KEY_LENGTH = 32


def prepare(settings: Settings) -> None:
    """Make what is missing; repeating it changes nothing."""
    finishing.finish(settings.layout)
    uid, gid = ensure_user(settings.user)
    layout = settings.layout
    _folder(real(layout.home), 0o755, 0, 0)
    for path, mode, owner in (
        (layout.server_home, 0o700, uid),
        (layout.proxy_home, 0o700, uid),
        (layout.blobserve_home, 0o700, uid),
        (layout.image_store, 0o700, uid),
        (layout.ssh_home, 0o700, uid),
        (layout.content, 0o700, 0),
        (layout.instances_home, 0o700, 0),
        (layout.logs, 0o750, 0),
        (layout.run_root, 0o755, 0),
        (layout.run, 0o755, 0),
        (layout.server_run, 0o700, uid),
        (layout.agent_run, 0o755, uid),
        (layout.blobserve_run, 0o700, uid),
        (layout.registry_run, 0o700, uid),
        (layout.proxy_run, 0o700, uid),
        (layout.ssh_run, 0o700, uid),
        (layout.daemon_run, 0o700, uid),
        (layout.instances_run, 0o700, 0),
        (layout.home / "bin", 0o755, 0),
    ):
        _folder(real(path), mode, owner, gid if owner else 0)
    _master_key(settings, uid, gid)
    _command(settings)


def ensure_user(name: str) -> tuple[int, int]:
    """Return uid and gid of the platform's system user; makes it when it is missing."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CommandError(
                f"The system user {name} could not be made", done.stderr.strip()
            ) from None
        entry = pwd.getpwnam(name)
    if entry.pw_uid == 0:
        raise CommandError(
            "Server and proxy must not run as root",
            f"PODIUM_USER={name} is root.",
            "Leave PODIUM_USER unset, or name another user.",
        )
    return entry.pw_uid, entry.pw_gid


def _folder(path: Path, mode: int, uid: int, gid: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    os.chown(path, uid, gid)
    path.chmod(mode)


def _master_key(settings: Settings, uid: int, gid: int) -> None:
    """Make the key of a new installation; never a new one for an old database."""
    path = real(settings.layout.master_key)
    if path.exists():
        return
    if real(settings.layout.database).exists():
        raise CommandError(
            "The master key is missing",
            f"{path} does not exist, but the database does; a new key could read nothing of it.",
            f"Put the key back from its backup, or move {settings.layout.server_home} away.",
        )
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_LENGTH))
        file.flush()
        os.fsync(file.fileno())
    os.chown(fresh, uid, gid)
    fresh.rename(path)


def _command(settings: Settings) -> None:
    """Write `<home>/bin/podium`, which knows this installation."""
    told = {
        **settings.environment,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    words = [f"{name}={shlex.quote(value)}" for name, value in told.items()]
    command = f'exec {shlex.quote(sys.executable)} -P -m cli "$@"'
    path = real(settings.layout.home / "bin" / "podium")
    fresh = path.with_suffix(".new")
    fresh.write_text(f"#!/bin/sh\nexport {' '.join(words)}\n{command}\n")
    fresh.chmod(0o755)
    fresh.rename(path)
