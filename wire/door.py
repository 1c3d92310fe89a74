"""The door of a pod's supervisor: how proxies get in over a network, proven both ways.

TLS 1.3 on the pod's own address. The certificate is made of the instance's key, which the
route feed tells proxies: whoever has another one is somebody else, and hears nothing. Then the
proxy says, in one line, which port it wants and a password that is made of the same key:

    CONNECT <port> <password>

and is answered with one word; a newline is behind each. After `ok` bytes go to that port of the
pod's loopback and back. Who shows no password hears nothing.
"""

import hmac
from base64 import b64decode
from typing import Final

from msgspec import Struct

DOOR_PATH: Final = "/agent/v1/door"
"""A question of a supervisor, POST on the agent listener beside the link, with the same token."""
LONGEST: Final = 256
"""Bytes of either line."""
OK: Final = "ok"
REFUSED: Final = "refused"
"""Nothing listens on that port."""
BUSY: Final = "busy"
"""It listens, but did not accept in time."""
UNKNOWN: Final = "unknown"
"""There is no such port."""


class DoorGiven(Struct, frozen=True, kw_only=True):
    """What a supervisor's door proves itself with."""

    certificate: str
    """Certificate and private key, PEM."""


def seed(key: str) -> bytes:
    """Return the 32 secret bytes of the Ed25519 key of a door; `key` is the instance's, base64."""
    return _derive(key, b"door-host")


def password(key: str) -> str:
    """Return what a proxy shows at the door."""
    return _derive(key, b"door-login").hex()


def question(port: int, key: str) -> bytes:
    """Return the line that asks for a port."""
    return f"CONNECT {port} {password(key)}\n".encode()


def asked(line: bytes, key: str) -> int | None:
    """Return the port that a line (without its newline) asks for; None when it proves nothing.

    0 is a port that there is not.
    """
    words = line.split(b" ")
    if len(words) != 3 or words[0] != b"CONNECT" or not key:
        return None
    if not hmac.compare_digest(words[2], password(key).encode()):
        return None
    port = int(words[1]) if words[1].isdigit() and len(words[1]) <= 5 else 0
    return port if port < 65536 else 0


def _derive(key: str, purpose: bytes) -> bytes:
    return hmac.digest(b64decode(key), b"podium " + purpose, "sha256")
