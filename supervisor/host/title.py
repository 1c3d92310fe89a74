"""Keeps the title of VS Code's window up to date, in the machine settings that it watches."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

from supervisor.core.title import ours, window_title
from supervisor.host.defaults import machine_settings
from supervisor.host.journal import note
from supervisor.host.processes import Account
from wire.agent import Desired

KEY = "window.title"
LOOK_EVERY = 15.0
LARGEST = 256 * 1024
"""Bytes of a settings file that is read."""


async def follow_title(
    data: str,
    account: Account,
    desired: Callable[[], Desired | None],
    every: float = LOOK_EVERY,
) -> None:
    """Write for ever what the title is now; `data` is VS Code's data folder."""
    written = ""
    while True:
        wanted = desired()
        if wanted is not None and wanted.name:
            title = window_title(wanted.name, wanted.stops_at, time.time())
            if title != written and write_title(machine_settings(data), account, title):
                written = title
        await asyncio.sleep(every)


def write_title(path: str, account: Account, title: str) -> bool:
    """Set the title unless a person chose one; tells whether the settings could be read."""
    settings = _read(path)
    if settings is None:
        return False
    if settings.get(KEY) == title or not ours(settings.get(KEY)):
        return True
    fresh = f"{path}.new"
    try:
        if os.path.lexists(fresh):
            os.unlink(fresh)  # noqa: PTH108 - lean start, no pathlib
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(fresh, flags, 0o644)
        with os.fdopen(descriptor, "w") as file:
            os.fchown(descriptor, account.uid, account.gid)
            json.dump({**settings, KEY: title}, file, indent=2)
            file.write("\n")
        os.rename(fresh, path)  # noqa: PTH104 - lean start, no pathlib
    except OSError as error:
        note("title_not_written", error=str(error))
        return False
    return True


def _read(path: str) -> dict[str, Any] | None:
    """Return the settings; None when there are none yet, or they have comments of a person."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor) as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
