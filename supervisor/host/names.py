"""Makes the platform's own names lead somewhere inside the workspace."""

import asyncio
from collections.abc import Callable

from msgspec import json

from supervisor.host.entry import Entry
from supervisor.host.journal import note
from supervisor.host.lookups import Lookups
from wire.agent import Desired
from wire.names import ENTRY_PORT, LOOKUP_PORT, Names


def read_names(path: str) -> Names | None:
    """Return what the daemon tells; None when the names are left to the resolvers."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            return json.decode(file.read(), type=Names)
    except FileNotFoundError:
        return None


async def serve_names(
    path: str,
    proxy: str,
    desired: Callable[[], Desired | None],
    *,
    lookup_port: int = LOOKUP_PORT,
    entry_port: int = ENTRY_PORT,
) -> None:
    """Serve until cancelled; without its ports the workspace works, but for the names."""
    names = read_names(path)
    if names is None:
        return
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(Lookups(names).run(lookup_port), name="lookups")
            group.create_task(Entry(names, proxy, desired).run(entry_port), name="entry")
    except* OSError as errors:
        note("names_not_served", error=str(errors.exceptions[0]))
