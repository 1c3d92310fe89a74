"""What the API gives and takes about ssh access. Times are seconds since 1970 (UTC)."""

from typing import Annotated

from msgspec import Meta, Struct


class AddKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/ssh-keys."""

    key: Annotated[str, Meta(min_length=1, max_length=16384)]
    """The line of a file like id_ed25519.pub."""
    title: Annotated[str, Meta(max_length=255)] = ""
    """1 to 255 characters; empty takes the key's comment."""


class KeyView(Struct, frozen=True, kw_only=True):
    """A public key that its person may come in with."""

    id: str
    title: str
    algorithm: str
    fingerprint: str
    created: float
    used: float | None
    """When somebody last came in with it, to the minute."""


class KeysView(Struct, frozen=True, kw_only=True):
    """All of one's keys, oldest first."""

    keys: list[KeyView]


class SshTokenView(Struct, frozen=True, kw_only=True):
    """How to come into a workspace by ssh, and a password for it; it is shown once."""

    host: str
    port: int
    user: str
    command: str
    password: str
    expires: float
