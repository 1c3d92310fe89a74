"""Random tokens: 256 bit, given out once, kept as a hash."""

from hashlib import sha256
from secrets import token_hex, token_urlsafe

MAX_TOKEN = 200
"""Characters; a longer one is no token of ours and is not even hashed."""


def new_token() -> str:
    """Return a fresh token."""
    return token_urlsafe(32)


def new_id(prefix: str) -> str:
    """Return a fresh id such as `u_3f…`."""
    return f"{prefix}_{token_hex(8)}"


def hashed(token: str) -> str:
    """Return what is stored: SHA-256 suffices for 256 random bits, and look-ups need no salt."""
    return sha256(token.encode()).hexdigest()
