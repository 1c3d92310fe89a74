"""What the registry facade is told: which token may write, or read, which name (`wire.registry`).

A ticket is a file that is there or not: the facade reads it with every request. Whoever opens
one closes it; what a crash left behind ends by its own time, or with `keep_only`.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from wire.registry import (
    BUILT,
    INSTANCE,
    PULL,
    InstanceImage,
    PullPasswords,
    PushTicket,
    encode,
    hash_token,
    is_document,
    spell_token,
)

MOST = 20 << 30
"""Bytes that a build may write; images of workspaces have up to 10 GB."""
_SECRET_BYTES = 32


class Tickets:
    """The folder that server and facade share. Every method blocks for a write on a tmpfs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_build(
        self,
        key: str,
        *,
        until: float,
        reads: Iterable[str] = (),
        known: Iterable[str] = (),
        most: int = MOST,
        passwords: str = "",
    ) -> str:
        """Return a fresh token that may write `built/<key>` until then; an older one ends.

        `key` is the content hash, `until` seconds since 1970; see `PushTicket` for the others.
        """
        token = spell_token(BUILT, key, secrets.token_urlsafe(_SECRET_BYTES))
        ticket = PushTicket(
            token=hash_token(token),
            until=int(until),
            most=most,
            reads=list(reads),
            known=list(known),
            passwords=passwords,
        )
        self._write(BUILT, key, encode(ticket))
        return token

    def close_build(self, key: str) -> None:
        """End the token of a build; one that has ended is no error."""
        self._path(BUILT, key).unlink(missing_ok=True)

    def open_instance(
        self, instance: str, base: str, additions: list[str], passwords: str = ""
    ) -> str:
        """Return a fresh token that may read the image of a start; see `InstanceImage`."""
        token = spell_token(INSTANCE, instance, secrets.token_urlsafe(_SECRET_BYTES))
        image = InstanceImage(
            token=hash_token(token), base=base, additions=additions, passwords=passwords
        )
        self._write(INSTANCE, instance, encode(image))
        return token

    def close_instance(self, instance: str) -> None:
        """End the token of an instance, and its image with it."""
        self._path(INSTANCE, instance).unlink(missing_ok=True)

    def instances(self) -> set[str]:
        """Return the instances whose image has a token."""
        return {one.stem for one in (self._folder / INSTANCE).glob("*.json")}

    def open_pull(self, instance: str, passwords: str) -> None:
        """Have registries asked with a person's passwords for an instance; see `PullPasswords`."""
        self._write(PULL, instance, encode(PullPasswords(passwords=passwords)))

    def keep_pulls(self, instances: set[str]) -> None:
        """Forget the passwords of every other instance."""
        for one in (self._folder / PULL).glob("*.json"):
            if one.stem not in instances:
                one.unlink(missing_ok=True)

    def keep_only(self, builds: set[str], instances: set[str]) -> None:
        """End every token but those of what goes on."""
        for kind, kept in ((BUILT, builds), (INSTANCE, instances)):
            for one in (self._folder / kind).glob("*.json"):
                if one.stem not in kept:
                    one.unlink(missing_ok=True)

    def _write(self, kind: str, name: str, body: bytes) -> None:
        path = self._path(kind, name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
        fresh.rename(path)

    def _path(self, kind: str, name: str) -> Path:
        if not is_document(kind, name):
            raise ValueError(f"{name!r} is no {kind}")
        return self._folder / kind / f"{name}.json"
