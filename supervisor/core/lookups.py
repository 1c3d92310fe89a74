"""Answers for the platform's own names; a lookup of anything else is passed on as it is.

Source: RFC 1035 §4. Pure.
"""

import struct

from wire.names import Names

_HEADER = struct.Struct("!HHHHHH")
_RESPONSE = 0x8000
_OPCODE = 0x7800
_AUTHORITATIVE = 0x0400
_RECURSION = 0x0100
_AVAILABLE = 0x0080
_FAILED = 2
_A, _ANY, _INTERNET = 1, 255, 1
_TTL = 60
"""Seconds; the address is the same for as long as the workspace runs."""


def answer(query: bytes, names: Names) -> bytes | None:
    """Return the response for a name of the platform's, None for every other query.

    It has an IPv4 address and nothing else: other types get an empty answer, so that
    nobody waits for IPv6.
    """
    found = _question(query)
    if found is None or not names.covers(found[0]):
        return None
    _name, kind, group, end = found
    records = b""
    if kind in {_A, _ANY} and group == _INTERNET:
        address = bytes(int(one) for one in names.gateway.split("."))
        # the name is the question's, at offset 12
        records = struct.pack("!HHHIH", 0xC00C, _A, _INTERNET, _TTL, len(address)) + address
    return _head(query, _AUTHORITATIVE, 1 if records else 0) + query[_HEADER.size : end] + records


def failed(query: bytes) -> bytes:
    """Return the response when no resolver has answered; empty for what is no plain query."""
    found = _question(query)
    if found is None:
        return b""
    return _head(query, _FAILED, 0) + query[_HEADER.size : found[3]]


def _head(query: bytes, flags: int, answers: int) -> bytes:
    number, asked = struct.unpack_from("!HH", query)
    flags |= _RESPONSE | _AVAILABLE | (asked & _RECURSION)
    return _HEADER.pack(number, flags, 1, answers, 0, 0)


def _question(query: bytes) -> tuple[str, int, int, int] | None:
    """Return name, type, class and where the question ends."""
    if len(query) < _HEADER.size:
        return None
    _number, flags, questions, *_rest = _HEADER.unpack_from(query)
    if flags & (_RESPONSE | _OPCODE) or questions != 1:
        return None
    labels, place = [], _HEADER.size
    while place < len(query) and query[place]:
        size = query[place]
        if size > 63 or place + size >= len(query):
            return None
        labels.append(query[place + 1 : place + 1 + size].decode("latin-1"))
        place += 1 + size
    end = place + 5
    if end > len(query):
        return None
    kind, group = struct.unpack_from("!HH", query, place + 1)
    return ".".join(labels), kind, group, end
