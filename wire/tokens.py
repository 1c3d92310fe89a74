"""Grants: what a browser shows to a workspace host instead of a dashboard session.

A grant is `<payload>.<signature>`, both base64url without padding: the payload is
compact JSON, the signature Ed25519 over the payload's bytes as sent. The server
signs, the proxy verifies with the keys of the route feed and the limits below.
A grant is worth one workspace and one scope; it dies with its session, its
`auth_epoch` and after 12 hours.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import DecodeError, Struct, json

GRANT_LIFETIME = 12 * 3600
"""Seconds."""
CLOCK_SKEW = 60
"""Seconds that two clocks may differ."""
MAX_GRANT = 1024
"""Characters; a longer one is refused before it is decoded."""
CODE_LIFETIME = 30
"""Seconds in which the code of a handover can be redeemed."""
NONCE_LIFETIME = 300
"""Seconds in which a handover must be finished."""


class Grant(Struct, frozen=True, kw_only=True):
    """The signed payload."""

    session: str
    user: str
    workspace: str
    scope: str
    """`ide` (the IDE host) or `port` (every port host of the workspace)."""
    role: str
    """`owner` for now."""
    epoch: int
    """The workspace's auth_epoch when it was signed."""
    issued: int
    """Seconds since 1970, server's clock."""


def cookie_names(tag: str) -> dict[str, str]:
    """Names of the cookies of one installation, by use.

    The tag keeps two installations on one host apart, since cookies ignore
    ports. `port` cookies get the workspace's id appended by `port_cookie`.
    """
    return {
        "session": f"__Host-podium_session_{tag}",
        "nonce": f"__Host-podium_nonce_{tag}",
        "ide": f"__Host-podium_ide_{tag}",
        "csrf": f"__Host-podium_csrf_{tag}",
        "preloaded": f"__Host-podium_preloaded_{tag}",
    }


def port_cookie(tag: str, workspace: str) -> str:
    """Name of the cookie that is worth the ports of one workspace."""
    return f"podium_port_{tag}_{workspace}"


def is_platform_cookie(name: str) -> bool:
    """Tell whether user code must neither see nor set a cookie of this name."""
    return name.removeprefix("__Host-").removeprefix("__Secure-").startswith("podium_")


def sign_grant(grant: Grant, key: Ed25519PrivateKey) -> str:
    """Return the grant as it goes into a cookie."""
    payload = _encode(json.encode(grant))
    return f"{payload}.{_encode(key.sign(payload.encode()))}"


def read_claims(text: str) -> Grant | None:
    """Return what a grant says of itself, whoever has written it: proof of nothing."""
    if len(text) > MAX_GRANT:
        return None
    try:
        return json.decode(_decode(text.partition(".")[0]), type=Grant)
    except (Base64Error, DecodeError, ValueError):
        return None


def verify_grant(text: str, keys: list[Ed25519PublicKey], now: float) -> Grant | None:
    """Return the grant when one of the keys signed it and its time has not passed."""
    payload, dot, signature = text.partition(".")
    if len(text) > MAX_GRANT or not dot:
        return None
    try:
        proof = _decode(signature)
        grant = json.decode(_decode(payload), type=Grant)
    except (Base64Error, DecodeError, ValueError):
        return None
    if not grant.issued - CLOCK_SKEW <= now < grant.issued + GRANT_LIFETIME + CLOCK_SKEW:
        return None
    for key in keys:
        try:
            key.verify(proof, payload.encode())
        except InvalidSignature:
            continue
        return grant
    return None


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
