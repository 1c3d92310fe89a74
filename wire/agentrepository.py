"""What a supervisor asks before it clones a further repository: which one an address means."""

from typing import Annotated

from msgspec import Meta, Struct

REPOSITORY_PATH = "/agent/v1/repository"
"""POST on the agent listener, answered only while the workspace is trusted and its instance live:
403 when it is not, 400 with a problem document when the address names no repository that may be
cloned. What an address means is the installation's rule, as for the one that was opened."""


class RepositoryAsked(Struct, frozen=True, kw_only=True):
    """An address as a repository's file has it."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)]


class RepositoryFound(Struct, frozen=True, kw_only=True):
    """The repository that it names."""

    url: str
    """Normalised clone URL, without credentials."""
    ref: str = ""
    """Branch, tag, commit or `refs/…`; of a place also what follows it; empty is not named."""
    folder: str
    """Safe name of one folder below /workspace."""
