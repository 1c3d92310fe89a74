"""What git says while it clones, as one line for people and a number of bytes.

git separates updates of a line by carriage returns and final lines by newlines;
phases are `Receiving objects:  43% (430/1000), 12.00 MiB | 3.10 MiB/s`.
"""

import re
from dataclasses import dataclass

from daemon.core.mirror import TOLD

_PHASE = re.compile(
    r"(?:remote: )?(?P<phase>[A-Z][a-z]+ [a-z]+): +(?P<percent>[0-9]{1,3})% "
    r"\([0-9]+/[0-9]+\)(?:, (?P<size>[0-9.]+) (?P<unit>bytes|KiB|MiB|GiB))?"
)
_OURS = re.compile(rf"{TOLD}(?P<text>[^()]+?)(?: \((?P<size>[0-9]+) bytes\))?", re.ASCII)
_UNIT = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_LONGEST = 4096
"""Bytes of one unfinished line that are kept; git's own lines are shorter."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`text` for people, `received` bytes so far (0 while unknown)."""

    text: str
    received: int
    steady: bool = False
    """No newer line will soon take its place, so it must be told."""


def spell_bytes(size: int) -> str:
    """Return a size as people read it, with powers of 1024 as git writes them."""
    value, units = float(size), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.1f} {units[0]}" if units[0] != "bytes" else f"{size} bytes"


def parse_progress(line: str) -> Progress | None:
    """Return the progress that a line of git's stderr tells, or None."""
    ours = _OURS.fullmatch(line)
    if ours is not None:
        received = int(ours["size"] or 0)
        shown = f" ({spell_bytes(received)})" if received else ""
        return Progress(ours["text"] + shown, received, steady=not received)
    match = _PHASE.match(line)
    if match is None:
        return None
    text = f"{match['phase'].lower()} {match['percent']} %"
    if match["size"] is None:
        return Progress(text, 0)
    size = f"{match['size']} {match['unit']}"
    return Progress(f"{text} ({size})", int(float(match["size"]) * _UNIT[match["unit"]]))


class Lines:
    """Splits bytes at both kinds of line end; keeps an unfinished end for the next piece."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are complete now, without empty ones."""
        *whole, rest = re.split(rb"[\r\n]", self._rest + data)
        self._rest = rest[-_LONGEST:]
        return [line.decode(errors="replace").strip() for line in whole if line.strip()]

    def close(self) -> list[str]:
        """Return the unfinished last line, if any."""
        return self.feed(b"\n")
