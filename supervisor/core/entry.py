"""Whose a connection to ::1 and the platform's port is. Pure.

curl and browsers take every `*.localhost` for loopback without a lookup. After
127.0.0.1, where nothing listened, they come here, and so does whoever wants a server
of the person's that is bound to ::1. What is asked for tells them apart.
"""

import re
from enum import Enum

from wire.names import Names

LONGEST_HEAD = 16_384
"""Bytes; a head that has not told by then is the person's."""
_METHOD = re.compile(rb"[A-Z]{1,16}( |$)")
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE)


class Side(Enum):
    """Who is meant."""

    PLATFORM = 1
    PERSON = 2
    UNKNOWN = 3
    """More has to be read."""


def whose(begun: bytes, names: Names) -> Side:
    """Return who is meant by what a connection begins with."""
    if begun and _METHOD.match(begun) is None:
        return Side.PERSON
    head, end, _body = begun.partition(b"\r\n\r\n")
    match = _HOST.search(head + b"\r\n" if end else head)
    if match is not None:
        name = match.group(1).decode("latin-1").partition(":")[0]
        return Side.PLATFORM if names.covers(name) else Side.PERSON
    return Side.PERSON if end or len(begun) > LONGEST_HEAD else Side.UNKNOWN
