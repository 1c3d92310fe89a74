"""The fields of a connection's latest request, which the next one often says again.

A browser that loads a page's parts, and a program that asks on and on, repeat their fields byte
by byte. Those have been read, judged and found to frame no body already; only the first line is
new. Whatever could mean something else behind another first line is never remembered: framing,
expectations, upgrades.
"""

import re

from proxy.core.grammar import ASKED
from proxy.core.message import RequestHead

MOST = 4_096
"""Bytes of fields that are remembered; more is rare, and each connection would hold it."""

_FIRST = re.compile(ASKED + rb"1\r\n")


class Latest:
    """What one connection has asked last; `longest` is the limit of a first line."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._block = b""
        self._head: RequestHead | None = None

    def again(self, data: bytes, at: int, end: int) -> RequestHead | None:
        """Return the head between these places when its fields are the remembered ones.

        None says nothing about the head: it has to be read.
        """
        head, block = self._head, self._block
        fields = end - 2 - len(block)
        if head is None or fields <= at or data[fields : end - 2] != block:
            return None
        line = _FIRST.fullmatch(data, at, fields)
        if line is None or line[1] == b"CONNECT" or fields - at > self._longest + 2:
            return None
        return head.another(line[1].decode(), line[2].decode())

    def remember(self, head: RequestHead, block: bytes) -> None:
        """Remember an accepted head and its fields as they came, if they are plain."""
        fields = head.fields
        plain = head.http11 and head.keep_alive and head.length is None and not head.chunked
        plain = plain and not head.takes_trailers and len(block) <= MOST
        if plain and b"upgrade" not in fields and b"expect" not in fields:
            self._block, self._head = block, head
        else:
            self.forget()

    def forget(self) -> None:
        """Remember nothing."""
        self._block, self._head = b"", None
