"""The grammar of HTTP/1.1 messages, in its strict form (RFC 9112).

One regular expression takes a line of fields or leaves it: no bare CR or LF, no
control character, no folded line, no space before a colon. Whoever reads on behind
the proxy gets a message that was written anew, so nothing that is doubtful has to be
let through for anybody's sake.
"""

import re
from typing import Any, Final

from proxy.core.message import Headers

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
TEXT = rb"[\t\x20-\x7e\x80-\xff]"
ASKED = rb"([A-Z][A-Z-]{0,31}) (/[!-\"$-~]*+) HTTP/1\."
"""The first line of a request, as far as its minor version: method and target."""

_SHORT = 64
_REMEMBERED = 4096
"""Bytes up to which a name is remembered, and how many are: strangers choose them."""
_LOWERED: Final[dict[bytes, bytes]] = {}
"""Names as they were spelled → in lower case, each the same object: what is looked up by a name
need not read it again."""

_LONGEST = 192
_KNOWN = 2048
"""Bytes up to which a line is remembered, and how many are."""
_LINES: Final[dict[bytes, Any]] = {}
"""Lines that were read → name in lower case and value, which depend on nothing else. Any, since
what is known to be a pair would be taken apart and made anew."""
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"set-cookie"})
"""Of lines that no memory outlives; long ones are not remembered anyway."""

_FIELD = re.compile(TOKEN + rb"++:" + TEXT + rb"*+")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?!\n|\Z)")


def read_fields(block: bytes) -> Headers | None:
    """Return the fields of a block, names lowered, values trimmed.

    None when it does not consist of whole and well-formed lines.
    """
    lines = block.split(b"\r\n")
    if lines.pop():
        return None
    fields: list[Any] = []
    for line in lines:
        field = _LINES.get(line)
        if field is None:
            field = _read(line)
            if field is None:
                return None
        fields.append(field)
    return fields


def read_field(line: bytes) -> Any:
    """Return the field of one line, a pair as in `Headers`; None when it is malformed."""
    field = _LINES.get(line)
    return _read(line) if field is None else field


def _read(line: bytes) -> Any:
    """Return the field of a line that was not read before, None when it is malformed."""
    if _FIELD.fullmatch(line) is None:
        return None
    colon = line.find(b":")
    spelled = line[:colon]
    name = _LOWERED.get(spelled)
    if name is None:
        name = _lowered(spelled)
    field: Any = (name, line[colon + 1 :].strip())
    if len(line) <= _LONGEST and name not in _SECRET:
        if len(_LINES) >= _KNOWN:
            _LINES.clear()
        _LINES[line] = field
    return field


def holds_secret(headers: Headers) -> bool:
    """Tell whether there is a field that no memory outlives."""
    return any(name in _SECRET for name, _ in headers)


def _lowered(spelled: bytes) -> bytes:
    name = spelled.lower()
    name = _LOWERED.get(name, name)
    if len(name) <= _SHORT:
        if len(_LOWERED) >= _REMEMBERED:
            _LOWERED.clear()
        _LOWERED[name] = _LOWERED[spelled] = name
    return name


def chosen(headers: Headers, names: frozenset[bytes]) -> dict[bytes, list[bytes]]:
    """Return the values of these fields, in order."""
    found: dict[bytes, list[bytes]] = {}
    for key, value in headers:
        if key in names:
            if key in found:
                found[key].append(value)
            else:
                found[key] = [value]
    return found


def forbidden_at(data: bytes, start: int) -> int:
    """Return where the first byte is that no head may hold, -1 when there is none.

    A CR at the very end may still become a line's end.
    """
    found = _FORBIDDEN.search(data, start)
    return found.start() if found is not None else -1


def read_length(values: list[bytes]) -> int | None:
    """Return the one Content-Length, or None for what two readers could read in two ways."""
    if len(values) != 1 or _DIGITS.fullmatch(values[0]) is None:
        return None
    return int(values[0])


def is_chunked(codings: list[bytes]) -> bool:
    """Tell whether a body is in chunks and in no other coding."""
    return len(codings) == 1 and codings[0].lower() == b"chunked"


def options(values: list[bytes]) -> list[bytes]:
    """Return the members of a comma-separated field, in lower case."""
    return [one.strip(b" \t") for one in b",".join(values).lower().split(b",")]
