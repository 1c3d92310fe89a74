"""The keys by which clients know the gateway: made once, kept in the data folder."""

import os
from pathlib import Path

import asyncssh

ALGORITHMS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")
"""In the order in which they are offered; the last for clients of another age."""
_RSA_BITS = 3072


def load_or_make(folder: Path) -> list[asyncssh.SSHKey]:
    """Return the private host keys; makes those that are missing.

    Raises OSError and asyncssh.KeyImportError.
    """
    return [_one(folder, algorithm) for algorithm in ALGORITHMS]


def _one(folder: Path, algorithm: str) -> asyncssh.SSHKey:
    path = folder / f"host_{algorithm.removeprefix('ssh-').partition('-')[0]}"
    try:
        return asyncssh.import_private_key(path.read_bytes())
    except FileNotFoundError:
        more = {"key_size": _RSA_BITS} if algorithm == "ssh-rsa" else {}
        made = asyncssh.generate_private_key(algorithm, comment="podium", **more)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(made.export_private_key())
        stream.flush()
        os.fsync(stream.fileno())
    fresh.rename(path)
    return made


def told(keys: list[asyncssh.SSHKey]) -> list[dict[str, str]]:
    """Return the public halves as `/_ssh/host_keys` tells them, Gitpod's shape."""
    words = [key.export_public_key().decode().split() for key in keys]
    return [{"type": algorithm, "host_key": content} for algorithm, content, *_ in words]
