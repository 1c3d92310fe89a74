"""Which bytes of a content a Range header asks for (RFC 9110, 14.2). Pure."""

import re

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(ValueError):
    """The range begins behind the content."""


def span(wanted: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one behind the last; None for the whole content.

    Several ranges, other units and what makes no sense are answered with the whole, as the RFC
    allows. Raises UnsatisfiableError.
    """
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= size or end <= start:
        raise UnsatisfiableError(wanted)
    return start, end
