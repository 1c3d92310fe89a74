"""What of an address may stand in a log: bounded, its secrets left out.

A name that sounds secret hides its value, however it is spelt: in capitals, with escapes,
in an address that stands inside a value. Rather too much is hidden than too little; who
looks for the value has the browser.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

SHOWN = 500
"""Characters of a target or host that are shown; both come from strangers."""
HIDDEN = "[redacted]"

_NAMES = (
    r"code|token|tkn|secret|password|passwd|passphrase|pwd|pass|key|signature|sig|credentials?"
    r"|auth|authorization|assertion|jwt|nonce|otp|session|sessionid|sid|cookie|grant|bearer"
)
_SECRET = re.compile(rf"(?:{_NAMES})(?:\[\w*\])?\Z", re.IGNORECASE)
"""Ends of names: access_token, X-Amz-Security-Token, apiKey."""
_INSIDE = re.compile(rf"(?:{_NAMES})(?:\[\w*\])?['\"]?\s*[=:]", re.IGNORECASE)
"""The same with a value behind it, in what is itself a value."""
_PAIRS = re.compile(r"([?&;#])")
_CARRIED = re.compile(
    r"((?:%3a|:)(?:/|%2f){2})[^/&?#%]*(?:%(?!2f|40)[^/&?#%]*)*(%40|@)", re.IGNORECASE
)
"""User name and password of an address that stands in a query."""
_PASTED = re.compile(
    r"(?<=[?&]url=)(?![^&]*\[redacted\])"
    r"(?=(?>(?:\w+(?::|%(?:25)*3a)(?:/|%(?:25)*2f)+)?)[^&]*?(?::|%(?:25)*3a))"
    r"[^&]*(@|%(?:25)*40)",
    re.IGNORECASE,
)
"""The same of what is no address for us, but was meant as one: without a scheme, with a slash in
the password, encoded twice."""
_SHAPES = re.compile(
    r"(?<![\w-])(?:eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?|[\w-]{19,}\.[\w-]{86}(?![\w-]))", re.ASCII
)
"""Tokens known by their form wherever they stand: JSON Web Tokens, and what Ed25519 has signed."""
_LOOKED_AT = 2048
"""Characters of a target that are looked at; a long one must not cost more."""
_SHORT = 40
"""Characters of a name that is remembered."""
_READERS = 4
"""How often a name may be encoded and still be read."""
_SHORTEST = 30
"""Characters of the shortest target in which such a form has room."""


def shown_target(target: str) -> str:
    """Return a request's target as a log may have it."""
    target = target[:_LOOKED_AT]
    if len(target) > _SHORTEST and "." in target:
        target = _SHAPES.sub(HIDDEN, target)
    if "?" in target:
        if "@" in target or "%" in target:
            target = _CARRIED.sub(rf"\1{HIDDEN}\2", target)
            target = _PASTED.sub(rf"{HIDDEN}\1", target)
        path, mark, query = target.partition("?")
        pieces = _PAIRS.split(query)
        pieces[::2] = [_pair(one) for one in pieces[::2]]
        target = path + mark + "".join(pieces)
    return target[:SHOWN]


def _pair(pair: str) -> str:
    name, mark, value = pair.partition("=")
    if not mark:
        return HIDDEN if _INSIDE.search(_plain(pair)) else pair
    if _is_secret(name):
        return f"{name}={HIDDEN}"
    if ("=" in value or ":" in value or "%" in value) and _INSIDE.search(_plain(value)):
        return f"{name}={HIDDEN}"
    return pair


def _is_secret(name: str) -> bool:
    return _is_known(name) if len(name) < _SHORT else _SECRET.search(_plain(name)) is not None


@lru_cache(2048)
def _is_known(name: str) -> bool:
    return _SECRET.search(_plain(name)) is not None


def _plain(text: str) -> str:
    """Return it as the last of some readers behind one another sees it."""
    for _ in range(_READERS):
        if "%" not in text:
            break
        text = unquote(text)
    return text
