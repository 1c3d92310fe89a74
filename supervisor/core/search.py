"""Searching a terminal's output, newest first. Pure; `read(begin, end)` gives the bytes.

A regular expression can take as long as it likes, and Python's holds everything else up
meanwhile: who calls this does so in a process of its own, with a limit (host/finder.py).
"""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from supervisor.core.plain import ENDS, lines, plain

BLOCK = 128 * 1024
"""Bytes that are read at a time, from the end to the beginning."""
LONGEST = 64 * 1024
"""Bytes of a line; a longer one is searched in parts."""
SHOWN = 400
"""Characters of a line that are told, around the match."""
MOST_MATCHES = 1000


class Wanted(Struct, frozen=True, kw_only=True):
    """A search, within offsets of the terminal."""

    query: str
    regex: bool = False
    case: bool = False
    begin: int = 0
    before: int
    """Only lines that begin below this offset and end at it or before."""
    limit: int = 100


class Match(Struct, frozen=True, kw_only=True):
    """A line in which something was found."""

    offset: int
    """Of the line's first byte."""
    line: str
    """Its text without escapes, at most SHOWN characters of it."""
    start: int
    end: int
    """Where in `line` it is: line[start:end]."""


def pattern(wanted: Wanted) -> "re.Pattern[str]":
    """Return what is looked for; raises ValueError for an expression that is none."""
    text = wanted.query if wanted.regex else re.escape(wanted.query)
    try:
        return re.compile(text, 0 if wanted.case else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def search(
    wanted: Wanted, read: Callable[[int, int], bytes], block: int = BLOCK
) -> Iterator[Match]:
    """Yield the newest matches, newest first; raises ValueError as `pattern`."""
    compiled = pattern(wanted)
    left = wanted.limit
    for offset, line in _backwards(wanted, read, block):
        if left <= 0:
            return
        text = plain(line)
        found = compiled.search(text)
        if found is not None:
            left -= 1
            yield _match(offset, text, found.start(), found.end())


def _match(offset: int, text: str, start: int, end: int) -> Match:
    first = max(0, min(start - SHOWN // 4, len(text) - SHOWN))
    shown = text[first : first + SHOWN]
    return Match(offset=offset, line=shown, start=start - first, end=min(end - first, len(shown)))


def _backwards(
    wanted: Wanted, read: Callable[[int, int], bytes], block: int
) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, line), the last line first."""
    begin, end, rest = wanted.begin, wanted.before, b""
    while end > begin:
        start = max(begin, end - block)
        data = read(start, end) + rest
        whole = 0  # index of the first line that is sure to begin here
        if start > begin:
            first = ENDS.search(data)
            whole = first.end() if first is not None else len(data)
            if whole > LONGEST:
                whole = 0
        found = [(start + whole + at, line) for at, line in lines(data[whole:])]
        for offset, line in reversed(found):
            for part in reversed(range(0, max(1, len(line)), LONGEST)):
                yield offset + part, line[part : part + LONGEST]
        rest, end = data[:whole], start
