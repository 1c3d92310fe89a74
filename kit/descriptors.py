"""How many descriptors a process may have open, and for how many connections that is room."""

import resource

RESERVE = 512
"""For files, listeners, and connections to services."""
LEAST, MOST = 64, 8192


def room() -> int:
    """Raise this process's limit as far as it may; return how many clients there is room for.

    A client takes two: its own, and that of its upstream.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return MOST if hard == resource.RLIM_INFINITY else max(LEAST, min(MOST, (hard - RESERVE) // 2))
