"""Share links: how somebody without an account comes to one port of a workspace.

A link is `<port's origin>/.podium/share#<token>`. The token stands in the fragment, which
browsers send to nobody: no server, no front and no log ever sees the address with it, and
no page is told it as a referrer. A page of the proxy's own sends it in the body of a POST.

The token is `<share's id>.<signature>`: Ed25519 by the key that signs grants, over the id,
the workspace and the port. So what was not given out, or belongs elsewhere, is refused by
every proxy alone; how long a share lasts, its password and its end are the server's. What
a browser holds afterwards is a share grant, `<payload>.<signature>`, in a cookie of that one
host. It is worth its port for as long as the workspace's route names the share.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import DecodeError, Struct, json

SHARE_PATH = "/.podium/share"
"""On a port's host: the page that takes a token in."""
MAX_SHARE_GRANT = 1024
"""Characters; a longer one is refused before it is decoded."""
_TOKEN = re.compile(r"(ps_[0-9a-f]{16})\.([A-Za-z0-9_-]{86})", re.ASCII)


class ShareGrant(Struct, frozen=True, kw_only=True):
    """The signed payload of what a browser holds."""

    share: str
    """The share's id."""
    workspace: str
    port: int
    expires: int
    """Seconds since 1970, server's clock."""


def share_cookie(tag: str) -> str:
    """Name of the cookie that is worth the one port on whose host it was set."""
    return f"__Host-podium_share_{tag}"


def sign_token(share: str, workspace: str, port: int, key: Ed25519PrivateKey) -> str:
    """Return the token of a share's link: always the same one, so that it need not be kept."""
    return f"{share}.{_encode(key.sign(_named(share, workspace, port)))}"


def read_token(token: str, workspace: str, port: int, keys: list[Ed25519PublicKey]) -> str | None:
    """Return the id of the share when one of the keys signed it for this port."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    share, proof = match.group(1), _decode(match.group(2))
    return share if _signed(proof, _named(share, workspace, port), keys) else None


def sign_share(grant: ShareGrant, key: Ed25519PrivateKey) -> str:
    """Return the grant as it goes into a cookie."""
    payload = _encode(json.encode(grant))
    return f"{payload}.{_encode(key.sign(_granted(payload)))}"


def verify_share(text: str, keys: list[Ed25519PublicKey]) -> ShareGrant | None:
    """Return the grant when one of the keys signed it; its end is for the caller to look at."""
    payload, dot, signature = text.partition(".")
    if len(text) > MAX_SHARE_GRANT or not dot:
        return None
    try:
        proof = _decode(signature)
        grant = json.decode(_decode(payload), type=ShareGrant)
    except (Base64Error, DecodeError, ValueError):
        return None
    return grant if _signed(proof, _granted(payload), keys) else None


def _named(share: str, workspace: str, port: int) -> bytes:
    # A colon begins no payload of a grant: what is signed here can be shown for nothing else.
    return f"podium:share-link:{share}:{workspace}:{port}".encode()


def _granted(payload: str) -> bytes:
    return f"podium:share-grant:{payload}".encode()


def _signed(proof: bytes, what: bytes, keys: list[Ed25519PublicKey]) -> bool:
    for key in keys:
        try:
            key.verify(proof, what)
        except InvalidSignature:
            continue
        return True
    return False


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
