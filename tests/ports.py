"""Ports for who is told a number and listens only later, in a process of its own.

    port = free_port()

The system gives every number it chooses itself, to listeners and to connections, out of one range:
a port that was free for a moment may be somebody's before its server has started. These are of
another range, and of no other run of tests on this machine.
"""

import socket
from collections.abc import Iterator

_FIRST, _LAST = 20_000, 32_700
"""Below what Linux chooses of itself (net.ipv4.ip_local_port_range), above every service."""
_AT_ONCE = 100


def _numbers() -> Iterator[int]:
    for first in range(_FIRST, _LAST, _AT_ONCE):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0podium-tests-ports-{first}")
        except OSError:  # another run's
            claim.close()
            continue
        claim.detach()  # ours until this process ends
        yield from range(first, first + _AT_ONCE)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::", port))  # of IPv4 as well
        except OSError:
            return False
    return True


_FREE = filter(_is_free, _numbers())


def free_port() -> int:
    """Return a port that nobody uses and that nobody else gets as long as this process lives.

    Raises StopIteration when there are no more.
    """
    return next(_FREE)
