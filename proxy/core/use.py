"""Which requests tell that somebody uses a workspace: those that a person or program means.

An open page that asks again and again by itself is no use, or a forgotten tab would keep
its workspace awake for ever. Requests to the IDE are not looked at either: its window tells
by itself when somebody types in it.
"""

from proxy.core.record import Record
from wire.agent import IDE_PORT, SUPERVISOR_PORT

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_MEANT = frozenset({"", "navigate"})
"""Values of Sec-Fetch-Mode: none comes from a program, `navigate` from a page that is opened."""


def is_use(record: Record) -> bool:
    """Tell whether a request was meant for what runs at a port of a workspace, and got there."""
    if not record.workspace or record.port in {0, IDE_PORT, SUPERVISOR_PORT}:
        return False
    if record.code or record.upgrade or not record.status:
        return False
    return record.method not in _LOOKS or record.fetch in _MEANT
