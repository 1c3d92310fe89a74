"""Ends every instance when this node's lease is over.

A process of its own, which outlives the daemon: containers do so too. There is one for each
file; it ends when the file is gone, that is with the installation.
"""

import fcntl
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from daemon.host import cgroups
from daemon.lease import clock, read_lease
from wire.ids import parse_instance_id

LOOK: Final = 0.5
"""Seconds between looks; well below what the server waits beyond the lease."""


def enforce(path: Path, group: str) -> bool:
    """Kill what may not run; tells whether there is a lease to look after."""
    lease = read_lease(path)
    if lease is None:
        return False
    if lease.over(clock()):
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


def main(path: Path, group: str) -> int:
    """Watch until the lease's file is gone; at once when another one watches."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        while enforce(path, group):
            time.sleep(LOOK)
    return 0


def run(words: Sequence[str]) -> int:
    """Watch, as `daemon.lease` starts it: the lease's file and the group."""
    return main(Path(words[0]), words[1])
