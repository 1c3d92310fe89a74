"""Lines of the log: what programs wrote, without what only a terminal understands. Pure.

Output comes in pieces that end anywhere. A line counts when it is complete; of a line
that was written over again and again (progress) only the last text is kept.
"""

import re
from codecs import IncrementalDecoder, getincrementaldecoder
from collections import deque

from wire.agent import SaidLine

MOST = 200
"""Lines told of all sources together."""
LEAST = 20
"""Lines that each source is granted, however much the others write."""
LONGEST = 240
"""Characters of a line."""
_PARTIAL = 4096
"""Characters kept of a line that does not end."""
_UTF8 = getincrementaldecoder("utf-8")
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\|$)"  # titles, links
    r"|[PX^_][^\x1b]*(?:\x1b\\|$)"
    r"|[()*+]."  # character sets
    r"|.?)"
)
_RUBBED_OUT = re.compile("[^\\x08]?\\x08")


class Said:
    """The newest lines; `version` grows with each."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[SaidLine]] = {}
        self._partial: dict[str, str] = {}
        self._decoders: dict[str, IncrementalDecoder] = {}
        """A piece may end in the middle of a character."""
        self.version = 0

    @property
    def lines(self) -> list[SaidLine]:
        """The newest of each source, oldest first."""
        share = max(LEAST, MOST // max(len(self._lines), 1))
        found = [line for lines in self._lines.values() for line in list(lines)[-share:]]
        return sorted(found, key=lambda line: line.at)

    def feed(self, source: str, data: bytes, at: float) -> None:
        """Add output of a source, at a moment in seconds since 1970."""
        decoder = self._decoders.get(source)
        if decoder is None:
            decoder = self._decoders[source] = _UTF8(errors="replace")
        text = self._partial.get(source, "") + decoder.decode(data)
        *whole, rest = text.split("\n")
        self._partial[source] = rest[-_PARTIAL:]
        for line in whole[-MOST:]:
            self._add(source, line, at)

    def end(self, source: str, at: float) -> None:
        """Add what a source wrote without a line's end."""
        self._decoders.pop(source, None)
        self._add(source, self._partial.pop(source, ""), at)

    def _add(self, source: str, line: str, at: float) -> None:
        shown = plain(line)
        if shown:
            lines = self._lines.setdefault(source, deque(maxlen=MOST))
            lines.append(SaidLine(at=round(at, 3), source=source, text=shown))
            self.version += 1


def plain(line: str) -> str:
    """Return a line as it looked at last: no colours, no cursor, nothing that cannot be seen."""
    last = _ESCAPES.sub("", line.rstrip("\r")).rpartition("\r")[2]
    while _RUBBED_OUT.search(last):
        last = _RUBBED_OUT.sub("", last, count=1)
    shown = "".join(one if one.isprintable() else " " for one in last.expandtabs(4))
    shown = shown.rstrip()
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
