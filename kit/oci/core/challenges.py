"""WWW-Authenticate, as registries send it (RFC 9110, 11.6.1): several challenges in one field."""

import re
from dataclasses import dataclass, field

from kit.oci.core.refusals import Refused

LARGEST = 8192
"""Characters of the field."""
_MOST = 16
"""Challenges of a field, and parameters of a challenge."""
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SEPARATORS = " \t,"
_SCHEME = re.compile(rf"({_WORD})(?=[ \t]|,|$)[ \t]*")
_PARAMETER = re.compile(
    rf"({_WORD})[ \t]*=[ \t]*(?:\"((?:[^\"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*)\"|({_WORD}))"
    r"(?=[ \t]*(?:,|$))"
)
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))")
_QUOTED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to authenticate."""

    scheme: str
    """Lower case: `bearer`, `basic`."""
    parameters: dict[str, str] = field(default_factory=dict)
    """By lower-case name; of a name that is said twice the challenge is refused."""


def parse(text: str) -> list[Challenge]:
    """Return the challenges of a field; raises Refused for what cannot be read."""
    if len(text) > LARGEST:
        raise Refused(f"the registry's challenge has {len(text)} characters")
    found: list[Challenge] = []
    place = _skip(text, 0)
    while place < len(text):
        parameter = _PARAMETER.match(text, place)
        scheme = _SCHEME.match(text, place)
        if parameter is not None and found:
            _add(found[-1].parameters, parameter)
            place = parameter.end()
        elif scheme is not None and len(found) < _MOST:
            found.append(Challenge(scheme[1].lower()))
            place = scheme.end()
            token = _TOKEN68.match(text, place)
            if token is not None and _PARAMETER.match(text, place) is None:
                place = token.end()
        else:
            raise Refused(f"the registry's challenge cannot be read: {text[:200]!r}")
        place = _skip(text, place)
    return found


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SEPARATORS:
        place += 1
    return place


def _add(parameters: dict[str, str], match: "re.Match[str]") -> None:
    name = match[1].lower()
    if name in parameters or len(parameters) >= _MOST:
        raise Refused(f"the registry's challenge says {name!r} twice, or too much")
    parameters[name] = match[3] if match[2] is None else _QUOTED.sub(r"\1", match[2])
