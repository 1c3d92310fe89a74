"""Ends every instance when this node's lease is over.

Processes of their own, which outlive the daemon: containers do so too. There are two for each
file, of which each begins the other anew; they end when the file is gone, that is with the
installation. The daemon does the same beside them.
"""

import asyncio
import fcntl
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from daemon.host import cgroups, treeusers
from daemon.lease import OF_TREES, TWINS, Leasehold, Watchers, clock, read_lease
from wire.ids import parse_instance_id

_log = structlog.get_logger(__name__)
LOOK: Final = 0.5
"""Seconds between looks; well below what the server waits beyond the lease."""


def enforce(path: Path, group: str) -> bool:
    """Kill what may not run; tells whether there is a lease to look after."""
    lease = read_lease(path)
    if lease is None:
        return False
    if lease.over(clock()) and group.startswith(OF_TREES):
        treeusers.kill(Path(group.removeprefix(OF_TREES)))
    elif lease.over(clock()):
        for name in _children(group):
            if parse_instance_id(name) is not None:
                # the daemon may remove the group meanwhile; the next look sees what is left
                with suppress(OSError):
                    cgroups.kill(f"{group}/{name}")
    return True


def _children(group: str) -> set[str]:
    try:
        return cgroups.children(group)
    except OSError:
        return set()


def main(path: Path, group: str, name: str = TWINS[0]) -> int:
    """Watch until the lease's file is gone; at once when another one watches by that name."""
    twin = Watchers(path, group, [one for one in TWINS if one != name])
    with path.with_name(name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        while enforce(path, group):
            # no room for a process, or no folder any more: the next look tries again, or ends
            with suppress(OSError):
                twin.begin()
            time.sleep(LOOK)
    return 0


async def keep(hold: Leasehold) -> None:
    """Look after a node's lease, and after those who watch it, until cancelled."""
    while True:
        await asyncio.sleep(LOOK)
        try:
            await asyncio.to_thread(_look, hold)
        except OSError as error:
            _log.warning("lease_unwatched", detail=str(error))


def _look(hold: Leasehold) -> None:
    if not hold.leased:
        return  # as on every machine with one node
    if hold.over:
        enforce(hold.path, hold.group)
    hold.look_after()


def run(words: Sequence[str]) -> int:
    """Watch, as `daemon.lease` starts it: the lease's file, the group, and as which of them."""
    return main(Path(words[0]), words[1], words[2])
