"""The answer to a request for a file of an image (RFC 9110: 12.5.3, 13.1, 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from blobserve.core.compose import Piece
from blobserve.core.encodings import SUFFIXES, taken
from blobserve.core.types import type_of

KEPT = "public, max-age=31536000, immutable"
"""A year, the longest that means anything; the name of an image never means anything else."""
MISSING_KEPT = "public, max-age=3600"
"""What an image lacks it lacks for good; an hour, since the next build may add it."""
_READABLE = {
    # any page may load these files: they are the same for everybody, and no cookie counts here
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request counts; headers are empty when absent."""

    method: str
    accept_encoding: str = ""
    if_none_match: str = ""
    if_range: str = ""
    range: str = ""
    inline: str = ""
    """Values for texts of index pages, `blobserve.core.inline`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers, and the part of the disk that is the body; None has a text or nothing."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    piece: Piece | None = None
    text: str = ""
    content: bytes | None = None
    """A body that was made for this request."""


def refuse(status: int, text: str, **headers: str) -> Reply:
    """Return an answer without a file."""
    said = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {**_READABLE, **said, **more}, text=f"{text}\n")


def answer(
    asked: Asked,
    files: Mapping[str, Piece],
    better: Mapping[str, Piece],
    path: str,
    kept: str = KEPT,
) -> Reply:
    """Return the answer for `path`.

    `files` holds each file, and beside it `<path>.br`, `.zst` or `.gz` where compressing was worth
    it; `better` holds by the same names what was compressed harder since. `kept` says for how long
    the answer may be used again.
    """
    plain = files.get(path)
    if plain is None:
        # with its type, since browsers drop, and ask again for, a script of another one
        return Reply(
            404, {**_READABLE, "Cache-Control": MISSING_KEPT, "Content-Type": type_of(path)}
        )
    headers = {**_READABLE, "Cache-Control": kept, "Content-Type": type_of(path)}
    piece, varies = plain, False
    takes = taken(asked.accept_encoding)
    for coding, suffix in SUFFIXES.items():
        packed = better.get(path + suffix) or files.get(path + suffix)
        if packed is not None:
            varies = True
            # parts are asked for by players and resumed downloads, which count plain bytes
            if piece is plain and coding in takes and not asked.range:
                piece = packed
                headers["Content-Encoding"] = coding
    if varies:
        headers["Vary"] = "Accept-Encoding"
    if piece is plain:
        headers["Accept-Ranges"] = "bytes"
    headers["ETag"] = f'"{piece.tag}"'
    if _matches(asked.if_none_match, headers["ETag"]):
        return Reply(304, headers)
    if asked.range and asked.method == "GET" and asked.if_range in {"", headers["ETag"]}:
        return _part(asked.range, headers, piece)
    return Reply(200, headers, piece)


def _matches(wanted: str, tag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in wanted.split(",")]
    return tag in given or wanted.strip() == "*"


def _part(wanted: str, headers: dict[str, str], piece: Piece) -> Reply:
    """Return one range; several, and other units, are answered with the whole."""
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or match.groups() == ("", ""):
        return Reply(200, headers, piece)
    first, last = match.groups()
    if not first:
        start, end = max(0, piece.size - int(last)), piece.size - 1
    else:
        start, end = int(first), min(int(last), piece.size - 1) if last else piece.size - 1
        if last and int(last) < start:
            return Reply(200, headers, piece)
    if start >= piece.size or end < start:
        headers = {**headers, "Content-Range": f"bytes */{piece.size}"}
        return Reply(416, headers)
    headers = {**headers, "Content-Range": f"bytes {start}-{end}/{piece.size}"}
    part = Piece(piece.blob, piece.start + start, end - start + 1, piece.tag)
    return Reply(206, headers, part)
