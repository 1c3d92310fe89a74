"""The proof header: how a supervisor knows that a request comes from its proxy.

    x-podium-proof: v1 <seconds> <user> <role> <hex HMAC-SHA256>

The HMAC covers method, target (path and query as sent), seconds, user and role
with the instance's key from the route feed. Processes inside the workspace, and
other pods of a cluster, do not have the key. A body is not covered: it comes on the
connection that the proof came on, which is between the proxy and the supervisor alone,
and the supervisor serves one request a connection.
"""

import hmac
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256

PROOF_HEADER = "x-podium-proof"
PROOF_LIFETIME = 60
"""Seconds either way between the proxy's and the supervisor's clock."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who sent a request, as the proxy has proven it."""

    user: str
    role: str


def prove(key: str, method: str, target: str, bearer: Bearer, now: float) -> str:
    """Return the header's value; `key` is base64 as in the route feed."""
    seconds = str(int(now))
    mac = _mac(key, method, target, seconds, bearer)
    return f"v1 {seconds} {bearer.user} {bearer.role} {mac}"


def check(key: str, method: str, target: str, value: str, now: float) -> Bearer | None:
    """Return who sent the request, or None when the proof does not hold."""
    parts = value.split(" ")
    if len(parts) != 5 or parts[0] != "v1" or not parts[1].isdecimal() or len(parts[1]) > 12:
        return None
    bearer = Bearer(parts[2], parts[3])
    good = hmac.compare_digest(
        _mac(key, method, target, parts[1], bearer).encode(), parts[4].encode()
    )
    if not good or abs(now - int(parts[1])) > PROOF_LIFETIME:
        return None
    return bearer


def _mac(key: str, method: str, target: str, seconds: str, bearer: Bearer) -> str:
    text = "\n".join((method, target, seconds, bearer.user, bearer.role))
    return hmac.new(b64decode(key), text.encode(), sha256).hexdigest()
