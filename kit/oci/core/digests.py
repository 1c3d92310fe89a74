"""Digests: `sha256:` and 64 hexadecimal digits. Other algorithms are nobody's default: refused."""

import re
from hashlib import sha256

from kit.oci.core.refusals import Refused

_ALGORITHM = "sha256:"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_SHOWN = 100


def is_digest(text: str) -> bool:
    """Tell whether a text is a digest that can be checked."""
    return _DIGEST.fullmatch(text) is not None


def digest_of(content: bytes) -> str:
    """Return the digest of a content."""
    return _ALGORITHM + sha256(content).hexdigest()


def spelt(hexadecimal: str) -> str:
    """Return the digest of that sha256."""
    return _ALGORITHM + hexadecimal


def hexadecimal(digest: str) -> str:
    """Return a digest's 64 digits, safe as a file name; raises Refused for what is no digest."""
    if not is_digest(digest):
        raise Refused(f"{digest[:_SHOWN]!r} is no sha256 digest")
    return digest.removeprefix(_ALGORITHM)
