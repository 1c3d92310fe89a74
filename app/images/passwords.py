"""Passwords of people for registries: shown to the facade while a start of theirs waits.

A person keeps them in the variable GITPOD_IMAGE_AUTH, as in Gitpod, and they never reach a
workspace: the facade alone asks registries. Untrusted repositories get none, since what they run
could send on what a private image holds.
"""

import asyncio
from collections.abc import Awaitable, Callable

from app.images.port import Wanted
from app.images.tickets import Tickets
from wire.ids import InstanceId

Of = Callable[[str, str], Awaitable[str]]
"""Person and address of a repository → `host:base64,…`, empty for none."""


class PersonalPasswords:
    """Writes the facade's documents."""

    def __init__(self, tickets: Tickets, of: Of) -> None:
        self._tickets = tickets
        self._of = of

    async def open(self, wanted: Wanted) -> None:
        """Have the registry of a start's image asked with the passwords of its person."""
        found = await self._of(wanted.owner, wanted.url) if wanted.trusted else ""
        if found:
            await asyncio.to_thread(self._tickets.open_pull, str(wanted.instance), found)

    async def keep_only(self, instances: set[InstanceId]) -> None:
        """Forget the passwords of every start but those that still wait."""
        await asyncio.to_thread(self._tickets.keep_pulls, {str(one) for one in instances})
