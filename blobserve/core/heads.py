"""The head of a request for a file, read strictly: what is not plain is somebody else's to read.

Most of what is asked of blobserve are files, by GET, on connections that are kept. Everything
else, and everything odd, goes to the HTTP library: an answer of None says so.
"""

import re
from dataclasses import dataclass

from blobserve.core.replies import Asked
from wire.assets import PREFIX

LARGEST = 16 << 10
"""Bytes of a head."""
_MOST = 64
"""Fields."""
_LINE = re.compile(rb"(GET|HEAD) (/[\x21-\x7e]{0,2047}) HTTP/1\.1")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)")
_PREFIX = PREFIX.encode()
_OTHER = frozenset(
    {b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"te", b"trailer"}
)
_COUNTS = {
    b"accept-encoding": "accept_encoding",
    b"if-none-match": "if_none_match",
    b"if-range": "if_range",
    b"range": "range",
    b"x-blobserve-inlinevars": "inline",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A request for a file."""

    target: str
    asked: Asked


def read_head(head: bytes) -> Head | None:
    """Return what a head without its empty line asks for; None for what is not plain."""
    first, *lines = head.split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None or not line[2].startswith(_PREFIX) or len(lines) > _MOST:
        return None
    found: dict[str, str] = {}
    hosts = 0
    for one in lines:
        field = _FIELD.fullmatch(one)
        if field is None:
            return None
        name = field[1].lower()
        if name in _OTHER:
            return None
        if name == b"connection" and field[2].strip().lower() != b"keep-alive":
            return None
        hosts += name == b"host"
        counts = _COUNTS.get(name)
        if counts is not None:
            if counts in found:
                return None
            found[counts] = field[2].decode("latin-1").strip()
    if hosts != 1:
        return None
    return Head(line[2].decode(), Asked(line[1].decode(), **found))
