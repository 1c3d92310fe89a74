"""The fields of a connection's latest request, which the next one often says again.

A browser that loads a page's parts, and a program that asks on and on, repeat their fields byte
by byte, or all but a few. Those have been read, judged and found to frame no body already; only
the first line and the other fields are new. Whatever could mean something else behind another
first line is never remembered: framing, expectations, upgrades.
"""

import re
from typing import Any, Final

from proxy.core.grammar import ASKED, read_field
from proxy.core.message import RequestHead

MOST = 4_096
"""Bytes of fields that are remembered; more is rare, and each connection would hold it."""
FRAMING: Final = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"connection", b"upgrade", b"expect", b"te"}
)
"""Fields by which a head is judged as a whole."""

_FIRST = re.compile(ASKED + rb"1\r\n")
_NO_LINES: Final[list[bytes]] = []


class Latest:
    """What one connection has asked last; `longest` is the limit of a first line."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._block = b""
        self._lines = _NO_LINES
        """Of the block, once a request had most of them."""
        self._head: RequestHead | None = None

    def again(self, data: bytes, at: int, end: int) -> RequestHead | None:
        """Return the head between these places when most of its fields are the remembered ones.

        None says nothing about the head: it has to be read.
        """
        head, block = self._head, self._block
        if head is None:
            return None
        fields = end - 2 - len(block)
        same = fields > at and data[fields : end - 2] == block
        if not same:
            fields = data.find(b"\r\n", at, end - 2) + 2
            if fields < 2 or end - fields > MOST:
                return None
        line = _FIRST.fullmatch(data, at, fields)
        if line is None or fields - at > self._longest + 2:
            return None
        method = line[1]
        if method == b"CONNECT":
            return None
        made = head.another(method.decode(), line[2].decode())
        return made if same or self._changed(made, data[fields : end - 2]) else None

    def _changed(self, made: RequestHead, block: bytes) -> bool:
        """Give the head the fields of a block that differs from the remembered one.

        False, with nothing done, when they are not as many of the same names in the same order, or
        when one of those differs by which a head is judged.
        """
        lines = block.split(b"\r\n")
        before = self._lines
        if not before:
            before = self._lines = self._block.split(b"\r\n")
        if len(lines) != len(before):
            return False
        headers: list[Any] = []
        old: list[Any] = made.headers
        fields = made.fields
        alone = len(fields) == len(old)
        """Whether each name stands there once."""
        if alone:
            fields = fields.copy()
        for number in range(len(old)):
            field = old[number]
            line = lines[number]
            if line != before[number]:
                name = field[0]
                field = read_field(line)
                if field is None or field[0] != name or name in FRAMING:
                    return False
                if alone:
                    fields[name] = field[1]
            headers.append(field)
        made.replace(headers, fields if alone else None)
        self._block, self._lines, self._head = block, lines, made
        return True

    def remember(self, head: RequestHead, block: bytes) -> None:
        """Remember an accepted head and its fields as they came, if they are plain."""
        fields = head.fields
        plain = head.http11 and head.keep_alive and head.length is None and not head.chunked
        plain = plain and not head.takes_trailers and len(block) <= MOST
        if plain and b"upgrade" not in fields and b"expect" not in fields:
            self._block, self._lines, self._head = block, _NO_LINES, head
        else:
            self.forget()

    def forget(self) -> None:
        """Remember nothing."""
        self._block, self._lines, self._head = b"", _NO_LINES, None
