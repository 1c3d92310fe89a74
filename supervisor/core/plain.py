"""A terminal's output as plain lines: without colours, moves of the cursor and the like. Pure.

This is reading, not drawing: what a full-screen program paints comes out as it was sent. As in
Gitpod, a carriage return alone ends a line, so that each state of a progress bar is one, and a
backspace takes back the character before it.
"""

import re
from collections.abc import Iterator

ESCAPES = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]*[ -/]*[@-~]"  # CSI: colours, moves, modes
    rb"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS and the like, with their text
    rb"|[ -/]+[0-~]|[0-~]"  # two or three characters
    rb")"
)
"""ECMA-48, 5.3 and 5.4, and xterm's ctlseqs."""
_CONTROLS = re.compile(rb"[\x00-\x07\x0b-\x1f\x7f]")
_TAKEN_BACK = re.compile(r"[^\x08]\x08")
ENDS = re.compile(rb"\r*\n|\r+(?!\r*\n)")


def plain(line: bytes) -> str:
    """Return a line's text; bytes that are no UTF-8 come out as the replacement character."""
    text = _CONTROLS.sub(b"", ESCAPES.sub(b"", line)).decode(errors="replace")
    while "\x08" in text.lstrip("\x08"):
        text = _TAKEN_BACK.sub("", text)
    return text.lstrip("\x08")


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (index of its first byte, line as it was sent); the last may have no end."""
    begin = 0
    for end in ENDS.finditer(data):
        yield begin, data[begin : end.start()]
        begin = end.end()
    if begin < len(data):
        yield begin, data[begin:]
