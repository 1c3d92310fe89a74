"""What the API gives and takes about git access. No token and no private key is ever given.

Times are seconds since 1970 (UTC, fractions kept).
"""

from typing import Annotated

from msgspec import Meta, Struct

Token = Annotated[str, Meta(min_length=1, max_length=1024)]
Username = Annotated[str, Meta(max_length=255)]


class SetToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /api/v1/git-access/tokens/<host>."""

    token: Token
    username: Username = ""
    """That goes with the token; empty is what the host takes for tokens, e.g. oauth2."""


class AcceptHostKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/git-access/host-keys: the key of a `host_key_unknown` problem."""

    host: Annotated[str, Meta(min_length=1, max_length=260)]
    algorithm: Annotated[str, Meta(max_length=100)]
    key: Annotated[str, Meta(max_length=4096)]
    """Base64."""


class TokenView(Struct, frozen=True, kw_only=True):
    """A token that is kept for a host; the token itself is never shown."""

    host: str
    username: str
    created: float
    used: float | None
    """When git last got it, to the minute."""


class SshKeyView(Struct, frozen=True, kw_only=True):
    """The public half of one's ssh key."""

    public: str
    """The line that a git host wants."""
    fingerprint: str
    created: float
    used: float | None


class HostKeyView(Struct, frozen=True, kw_only=True):
    """A key under which one has accepted an ssh host."""

    host: str
    algorithm: str
    fingerprint: str
    accepted: float


class GitAccessView(Struct, frozen=True, kw_only=True):
    """Everything of one's git access that may be seen."""

    tokens: list[TokenView]
    ssh_key: SshKeyView | None
    host_keys: list[HostKeyView]
