"""Output of programs as lines of coloured text. Pure; what is no colour is left out."""

import re
from dataclasses import dataclass
from typing import Final

MOST_LINES: Final = 400
"""Lines that a page shows."""
_SEQUENCE = re.compile(
    r"\x1b\[([0-9;]*)m|\x1b\[[0-9;?]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b."
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look; `style` are words of the style sheet, e.g. `red bold`."""

    style: str
    text: str


Line = list[Run]


def lines_of(output: bytes, *, whole: bool) -> list[Line]:
    """Return the last lines; without `whole` the first one may be cut, and is left out."""
    text = output.decode(errors="replace").replace("\r\n", "\n")
    lines = text.split("\n")
    if not whole and len(lines) > 1:
        lines = lines[1:]
    if lines and not lines[-1]:
        lines.pop()
    look: dict[str, str] = {}
    # a progress bar goes back to the beginning and writes over itself
    found = [_line(line.rstrip("\r").rpartition("\r")[2], look) for line in lines]
    return found[-MOST_LINES:]


def _line(line: str, look: dict[str, str]) -> Line:
    runs: Line = []
    at = 0
    for match in _SEQUENCE.finditer(line):
        _add(runs, line[at : match.start()], look)
        at = match.end()
        if match[1] is not None:
            _turn(look, match[1])
    _add(runs, line[at:], look)
    return runs


def _add(runs: Line, text: str, look: dict[str, str]) -> None:
    plain = _CONTROL.sub("", text)
    if plain:
        runs.append(Run(" ".join(look.values()), plain))


def _turn(look: dict[str, str], codes: str) -> None:
    """Take in an SGR sequence; 256 and true colours count as none."""
    for code in (int(one or "0") for one in codes.split(";")):
        match code:
            case 0:
                look.clear()
            case 1:
                look["weight"] = "bold"
            case 2:
                look["weight"] = "dim"
            case 22:
                look.pop("weight", None)
            case 38 | 48:
                return
            case 39:
                look.pop("colour", None)
            case _ if 30 <= code <= 37 or 90 <= code <= 97:
                look["colour"] = _COLOURS[code % 10]
            case _:
                continue
