"""What the API gives and takes about share links. No password is ever given.

Times are seconds since 1970 (UTC, fractions kept).
"""

from typing import Annotated

from msgspec import Meta, Struct

LEAST_PASSWORD = 6
"""Characters; a link's password is guessed ten times at most before guessing is slowed down."""
Password = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=100)]
Lasts = Annotated[str, Meta(max_length=64)]


class CreateShare(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/workspaces/<id>/ports/<port>/shares."""

    lasts: Lasts = "24h"
    """How long the link works, e.g. 1h, 24h or 720h."""
    password: Password = ""
    """That is asked for before the port opens; empty is none, else at least six characters."""
    once: bool = False
    """Only the first browser that opens the link is let in."""
    note: Note = ""
    """For whom or what it is; only you see it."""


class ShareView(Struct, frozen=True, kw_only=True):
    """A share link that counts."""

    id: str
    version: int
    workspace: str
    port: int
    url: str
    """The link. Whoever has it, and the password where there is one, can use the port."""
    note: str
    created: float
    expires: float
    password: bool
    """Whether it asks for one."""
    once: bool
    opened: int
    """Browsers that were let in."""
    last_opened: float | None
