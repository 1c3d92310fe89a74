"""Addresses that carry a credential: it is taken out before anything is stored or logged. Pure.

https://ada:ghp_x@github.com/ada/demo      user name and token
https://ghp_x@github.com/ada/demo          a token alone
https://ghp_x:x-oauth-basic@github.com/…   the same, as GitHub once said it
https://ada@bitbucket.org/ada/demo         a user name alone: no secret, and not needed
ssh://git:x@host/ada/demo                  ssh takes no password: it is dropped
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

_WEB = re.compile(r"(https?://)([^/?#\s]*)@(?=[^/?#\s@]+)", re.IGNORECASE)
_SSH = re.compile(r"(ssh://[^/?#\s:@]*):[^/?#\s]*(?=@)", re.IGNORECASE)
_BARE = re.compile(r"([^/\s@:]+(?::[^/\s]*)?)@(?=[A-Za-z0-9.-]+\.[A-Za-z0-9.-]+(?::[0-9]+)?/)")
_EMPTY = frozenset({"", "x-oauth-basic"})
_TOKEN = re.compile(r"gh[a-z]_.+|github_pat_.+|gl[a-z]{2,6}-.+|AT[A-Z]{2,4}.{20,}|[^.@]{30,}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """An address without its credential, and the credential; `token` may be empty."""

    address: str
    host: str = ""
    """As typed; with a scheme before it, when the address has one."""
    username: str = ""
    token: str = field(default="", repr=False)


def take_out(text: str) -> Pasted:
    """Return what a person has pasted without its credential, which may stand in a link."""
    text = text.strip()
    if _SSH.search(text):
        return Pasted(_SSH.sub(r"\1", text))
    found = _WEB.search(text)
    if found is not None:
        scheme, carried = found[1], found[2]
        address = f"{text[: found.start()]}{scheme}{text[found.end() :]}"
    elif "://" not in text and (found := _BARE.match(text)) is not None:
        scheme, carried, address = "https://", found[1], text[found.end() :]
    else:
        return Pasted(text)
    place = text[found.end() :]
    host = re.split(r"[/?#]", place, maxsplit=1)[0]
    username, token = _credential(carried)
    # a second one behind it is no address of anything, and may be a secret as well
    return Pasted(take_out(address).address, f"{scheme.lower()}{host}", username, token)


def _credential(carried: str) -> tuple[str, str]:
    user, _colon, password = carried.partition(":")
    user, password = unquote(user), unquote(password)
    if password not in _EMPTY:
        return user, password
    return ("", user) if _TOKEN.fullmatch(user) else ("", "")
