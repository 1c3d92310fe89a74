"""The server's half of the handover: a session becomes a code, a code becomes a grant."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from msgspec.structs import replace
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.keys import Keys
from app.accounts.paths import relative
from app.accounts.secrets import MAX_TOKEN, hashed, new_token
from app.db.accounts import GrantCodeRow, SessionRow
from app.faults import Malformed
from wire.hosts import IdeHost, PortHost
from wire.tokens import CODE_LIFETIME, Grant, sign_grant

_NONCE_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_REMEMBERED = 3600.0
"""Seconds for which a spent code is told apart from one that never was."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Signed grants for a code, and what the code was for."""

    grant: str
    ports: str
    """Of who gets the IDE: its pages frame the workspace's ports; empty with a port's."""
    row: GrantCodeRow


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser wants to be handed over to."""

    host: IdeHost | PortHost
    authority: str
    path: str
    nonce_hash: str
    epoch: int

    @property
    def scope(self) -> str:
        """What the grant will be worth."""
        return "ide" if isinstance(self.host, IdeHost) else "port"


async def make_code(
    session: AsyncSession, asked: Asked, session_id: str, user: str, now: float
) -> str:
    """Return a code for the host, good once. The caller has asked the access function."""
    if _NONCE_HASH.fullmatch(asked.nonce_hash) is None:
        raise Malformed(
            "nonce_invalid",
            "This address is incomplete",
            "It does not say which browser asked for the workspace.",
            "Open the workspace from your list.",
        )
    await session.execute(delete(GrantCodeRow).where(GrantCodeRow.expires_at < now - _REMEMBERED))
    code = new_token()
    session.add(
        GrantCodeRow(
            code_hash=hashed(code),
            session_id=session_id,
            user_id=user,
            workspace_id=asked.host.workspace,
            scope=asked.scope,
            epoch=asked.epoch,
            host=asked.authority,
            path=relative(asked.path),
            nonce_hash=asked.nonce_hash,
            expires_at=now + CODE_LIFETIME,
            used_at=None,
        )
    )
    return code


async def redeem(
    session: AsyncSession, keys: Keys, code: str, nonce: str, host: str, now: float
) -> Redeemed:
    """Return the grants that the code is worth. Raises Malformed when it is not good.

    A code is spent by the first try, whether that succeeds or not: the caller commits
    also when this raises.
    """
    row = await session.get(GrantCodeRow, hashed(code)) if 0 < len(code) <= MAX_TOKEN else None
    if row is None:
        raise Malformed("code_unknown", "The code is not known")
    spent, row.used_at = row.used_at, now
    same_nonce = hmac.compare_digest(sha256(nonce.encode()).hexdigest(), row.nonce_hash)
    owner = await session.get(SessionRow, row.session_id)
    if spent is not None:
        fault = Malformed("code_used", "The code has been used")
    elif row.expires_at < now:
        fault = Malformed("code_expired", "The code has expired")
    elif not same_nonce or not hmac.compare_digest(host.encode(), row.host.encode()):
        fault = Malformed("code_foreign", "The code was made for another browser or host")
    elif owner is None or owner.ended_at is not None or owner.expires_at < now:
        fault = Malformed("session_ended", "The session has ended")
    else:
        fault = None
    if fault is not None:
        raise fault
    grant = Grant(
        session=row.session_id,
        user=row.user_id,
        workspace=row.workspace_id,
        scope=row.scope,
        role="owner",
        epoch=row.epoch,
        issued=int(now),
    )
    ports = replace(grant, scope="port") if grant.scope == "ide" else None
    return Redeemed(
        sign_grant(grant, keys.signing), sign_grant(ports, keys.signing) if ports else "", row
    )
