"""The repository of a person's dotfiles: chosen here, installed by the supervisors of what starts.

Only trusted workspaces get it, as everything else that is the person's own.
"""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from app.accounts.access import Action, Principal, allowed
from app.db.accounts import UserRow
from app.faults import Denied, Malformed
from app.workspaces.forge import Kind
from app.workspaces.repository import Repository
from app.workspaces.store import Store


class DotfilesView(Struct, frozen=True, kw_only=True):
    """Where one's dotfiles come from."""

    repository: str
    """Clone URL; empty when there are none."""


class SetDotfiles(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /api/v1/dotfiles."""

    repository: Annotated[str, Meta(max_length=2048)]
    """Address of a repository that workspaces can reach; empty is none."""


class Dotfiles:
    """Dotfiles of whoever asks; `parse` reads an address."""

    def __init__(self, store: Store, parse: Callable[[str, str], Repository]) -> None:
        self._store = store
        self._parse = parse

    async def view(self, principal: Principal) -> DotfilesView:
        """Return one's own repository."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not see this")
        async with self._store.database.read() as session:
            person = await session.get(UserRow, principal.user)
        return DotfilesView(repository="" if person is None else person.dotfiles)

    async def set(self, principal: Principal, wished: str) -> DotfilesView:
        """Choose for starts from now on; raises Malformed for what is no repository's address."""
        if not allowed(principal, Action.CHANGE_OWN):
            raise Denied("denied", "You may not change this")
        chosen = self._address(wished.strip()) if wished.strip() else ""
        async with self._store.change() as change:
            person = await change.session.get(UserRow, principal.user)
            if person is None:
                raise Denied("denied", "There is no such person any more")
            person.dotfiles = chosen
            person.version += 1
        return DotfilesView(repository=chosen)

    def _address(self, text: str) -> str:
        found = self._parse(text, "")
        if found.kind is not Kind.REPOSITORY or found.variables:
            raise Malformed(
                "dotfiles_not_whole",
                "This leads into a repository",
                "Dotfiles are the newest commit of a whole repository's main branch.",
                f"Give {found.url}.",
            )
        if found.url.startswith("file://"):
            raise Malformed(
                "dotfiles_local",
                "Workspaces cannot reach a folder of this machine",
                "Dotfiles are cloned inside each workspace.",
                "Give the address of a repository on a git host.",
            )
        return found.url
