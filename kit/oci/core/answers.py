"""What registries answer beside images: errors, tokens, and where to go on (distribution spec)."""

import re
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from msgspec import field as member

from kit.oci.core.failures import Failure, NotFound, Unauthorized, Unavailable
from kit.oci.core.refusals import Refused

LARGEST = 64 << 10
"""Bytes that are read of an error, or of a token."""
_SHOWN = 200
_LONGEST_WAIT = 300.0
_SHORTEST_LIFE, _DEFAULT_LIFE = 1.0, 60.0
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)", re.ASCII)


class _Error(Struct):
    code: str = ""
    message: str = ""


class _Errors(Struct):
    errors: list[_Error]


class _Token(Struct):
    token: str = ""
    access_token: str = ""
    expires_in: float | None = member(default=None)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, and the seconds for which it may be used from its receipt on."""

    value: str = field(repr=False)
    life: float


def failure(status: int, body: bytes, what: str, retry_after: str = "") -> Failure:
    """Return what an answer other than the wanted one means; `what` was asked for."""
    said = _said(body)
    because = f": {said}" if said else ""
    if status == 401:
        return Unauthorized(f"{what} needs a password{because}")
    if status == 403:
        return Unauthorized(f"{what} is not for us{because}")
    if status == 404:
        return NotFound(f"{what} is not there{because}")
    if status == 429:
        return Unavailable(f"{what} was asked for too often{because}", seconds(retry_after))
    if status >= 500:
        return Unavailable(f"the registry failed with {status} at {what}{because}")
    return Failure(f"the registry answered {status} to {what}{because}")


def seconds(retry_after: str) -> float | None:
    """Return the seconds of a Retry-After, five minutes at most; dates count as nothing."""
    text = retry_after.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return min(float(text), _LONGEST_WAIT)


def read_token(body: bytes) -> Token:
    """Return the token of an authorization server; raises Refused for what holds none."""
    try:
        found = msgspec.json.decode(body, type=_Token)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("what the registry names as its door answered without a token") from None
    value = found.token or found.access_token
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise Refused("what the registry names as its door answered without a token")
    # registries say 0 or nothing for what lives a minute (distribution spec, token.md)
    life = found.expires_in or _DEFAULT_LIFE
    return Token(value, max(_SHORTEST_LIFE, life * 0.8))


def check_range(content_range: str, offset: int, size: int) -> None:
    """Raise Refused unless a 206 goes on where it was asked to, in a blob of the same size."""
    match = _CONTENT_RANGE.fullmatch(content_range.strip())
    if match is None or int(match[1]) != offset or int(match[2]) != size - 1:
        raise Refused(
            f"asked for bytes {offset} to {size - 1}, the registry sends {content_range!r:.80}"
        )


def _said(body: bytes) -> str:
    """Return the registry's own words, harmless and short; nothing when it sent a page."""
    try:
        errors = msgspec.json.decode(body, type=_Errors).errors
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    told = "; ".join(one.message or one.code for one in errors[:3])
    return _UNPRINTABLE.sub(" ", told)[:_SHOWN].strip()
