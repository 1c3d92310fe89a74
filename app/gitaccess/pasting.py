"""What becomes of a credential that was pasted with an address: the person decides.

Until then it is held by the page itself, sealed: the server stores nothing, and neither the
address bar nor a log shows it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from msgspec import DecodeError, Struct, json

from app.accounts.access import Principal
from app.accounts.sealing import Seal, Unsealable
from app.faults import Malformed, Refusal
from app.gitaccess.hosts import host_of
from app.gitaccess.pasted import Pasted
from app.gitaccess.service import GitAccess
from app.gitaccess.structs import SetToken
from kit.clock import Clock

LIFETIME = 3600.0
"""Seconds in which a page may be answered."""


class Held(Struct, frozen=True, kw_only=True):
    """A credential that waits for an answer."""

    host: str
    username: str
    token: str
    at: float


class Pasting:
    """Holds and keeps credentials of whoever asks."""

    def __init__(self, access: GitAccess, clock: Clock, seal: Seal) -> None:
        self._access = access
        self._clock = clock
        self._seal = seal

    def hold(self, principal: Principal, pasted: Pasted) -> str:
        """Return the credential sealed for this person; empty when there is none to keep."""
        host = _host(pasted)
        if not pasted.token or not host:
            return ""
        held = Held(host=host, username=pasted.username, token=pasted.token, at=self._clock.now())
        sealed = self._seal.close(json.encode(held), _about(principal))
        return urlsafe_b64encode(sealed).decode()

    def host(self, principal: Principal, held: str) -> str:
        """Return the host of a held credential; empty when it is none of this person's."""
        found = self._open(principal, held)
        return found.host if found is not None else ""

    async def keep(self, principal: Principal, held: str) -> None:
        """Keep a held credential as the host's token; raises Malformed."""
        found = self._open(principal, held)
        if found is None:
            raise Malformed(
                "held_expired",
                "The token of the address is not there any more",
                "It was pasted more than an hour ago, or by somebody else.",
                "Paste the address once more, or add the token under Settings → Git access.",
            )
        wanted = SetToken(token=found.token, username=found.username)
        await self._access.set_token(principal, found.host, wanted)

    async def keep_first(self, principal: Principal, pasted: Pasted) -> str:
        """Keep a program's credential unless the host has a token; returns the host, or nothing.

        A link must not be able to replace what the person has given.
        """
        host = _host(pasted)
        if not pasted.token or not host or await self._access.has_token(principal, host):
            return ""
        try:
            wanted = SetToken(token=pasted.token, username=pasted.username)
            await self._access.set_token(principal, host, wanted)
        except Refusal:
            return ""
        return host

    def _open(self, principal: Principal, held: str) -> Held | None:
        try:
            sealed = urlsafe_b64decode(held.encode())
            found = json.decode(self._seal.open(sealed, _about(principal)), type=Held)
        except (Unsealable, DecodeError, Base64Error, ValueError):
            return None
        return found if self._clock.now() - found.at <= LIFETIME else None


def _about(principal: Principal) -> str:
    return f"pasted/{principal.user}"


def _host(pasted: Pasted) -> str:
    try:
        return host_of(pasted.host) if pasted.host else ""
    except Malformed:
        return ""
