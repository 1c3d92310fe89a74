"""Accounts: the owner, sign-in links, sessions, tokens; each call in a transaction given."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.secrets import MAX_TOKEN, hashed, new_id, new_token
from app.db.accounts import (
    ApiTokenRow,
    LoginLinkRow,
    MembershipRow,
    OrganisationRow,
    SessionRow,
    UserRow,
)
from app.faults import Denied
from wire.tokens import CLOCK_SKEW, GRANT_LIFETIME

OWNER = "owner"
"""Name of the one account that a new installation has."""
LINK_LIFETIME = 600.0
SESSION_LIFETIME = 30 * 86400.0
"""Seconds that a sign-in link and a session are good for."""
_REMEMBERED = 86400.0
"""Seconds for which an old link is told apart from one that never was."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a credential belongs to."""

    user: str
    organisations: frozenset[str]
    session: str = ""
    scopes: frozenset[str] | None = None


async def ensure_owner(session: AsyncSession, now: float) -> str:
    """Return the owner's user id, and make the account when there is none."""
    found = (await session.execute(select(UserRow).where(UserRow.name == OWNER))).scalar()
    if found is not None:
        return found.id
    user = UserRow(id=new_id("u"), name=OWNER, email="", created_at=now, version=1)
    organisation = OrganisationRow(
        id=new_id("o"), name=OWNER, personal=True, created_at=now, version=1
    )
    session.add_all([user, organisation])
    await session.flush()
    session.add(MembershipRow(user_id=user.id, organisation_id=organisation.id, role="owner"))
    return user.id


async def make_login_link(session: AsyncSession, now: float) -> tuple[str, float]:
    """Return (token, when it expires) of a new sign-in link of the owner; forgets old links."""
    user, token = await ensure_owner(session, now), new_token()
    expires = now + LINK_LIFETIME
    await session.execute(delete(LoginLinkRow).where(LoginLinkRow.expires_at < now - _REMEMBERED))
    session.add(
        LoginLinkRow(token_hash=hashed(token), user_id=user, expires_at=expires, used_at=None)
    )
    return token, expires


async def sign_in(
    session: AsyncSession, token: str, now: float, current: str = ""
) -> tuple[str, str]:
    """Use a link; returns (session id, fresh session token). Raises Denied for a bad one.

    `current` is the session that the browser already has. When it is the same
    person's it goes on under a new token, so that open workspaces stay open; any
    other is left to whoever holds it.
    """
    row = await session.get(LoginLinkRow, hashed(token)) if 0 < len(token) <= MAX_TOKEN else None
    cure = "Run `podium login-link` on the machine for a new one."
    if row is None:
        raise Denied("link_unknown", "This link is not valid", "It is not known here.", cure)
    if row.used_at is not None:
        raise Denied("link_used", "This link has been used", "A link signs in once.", cure)
    if row.expires_at < now:
        raise Denied("link_expired", "This link has expired", "It was good for 10 minutes.", cure)
    row.used_at = now
    fresh = new_token()
    held = await session.get(SessionRow, current) if current else None
    if held is not None and held.user_id == row.user_id and _lives(held, now):
        held.token_hash = hashed(fresh)
        held.expires_at = now + SESSION_LIFETIME
        return held.id, fresh
    made = SessionRow(
        id=new_id("s"),
        token_hash=hashed(fresh),
        user_id=row.user_id,
        created_at=now,
        expires_at=now + SESSION_LIFETIME,
        ended_at=None,
    )
    session.add(made)
    await session.flush()
    return made.id, fresh


async def by_session(session: AsyncSession, token: str, now: float) -> Identity | None:
    """Return whose live session this token is."""
    if not 0 < len(token) <= MAX_TOKEN:
        return None
    row = (
        await session.execute(select(SessionRow).where(SessionRow.token_hash == hashed(token)))
    ).scalar()
    if row is None or not _lives(row, now):
        return None
    return Identity(row.user_id, await _organisations(session, row.user_id), session=row.id)


async def session_lives(session: AsyncSession, session_id: str, now: float) -> bool:
    """Tell whether a session still is good; long connections ask again and again."""
    row = await session.get(SessionRow, session_id)
    return row is not None and _lives(row, now)


async def by_api_token(session: AsyncSession, token: str) -> Identity | None:
    """Return whose API token this is."""
    if not 0 < len(token) <= MAX_TOKEN:
        return None
    row = (
        await session.execute(select(ApiTokenRow).where(ApiTokenRow.token_hash == hashed(token)))
    ).scalar()
    if row is None or row.revoked_at is not None:
        return None
    scopes = frozenset(row.scopes.split()) if row.scopes else None
    return Identity(row.user_id, await _organisations(session, row.user_id), scopes=scopes)


async def sign_out(session: AsyncSession, session_id: str, now: float) -> None:
    """End a session; its grants end with it."""
    await session.execute(
        update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )


async def ended_sessions(session: AsyncSession, now: float) -> dict[str, int]:
    """Return the sessions that ended while a grant of theirs may still be signed for longer."""
    since = now - GRANT_LIFETIME - 2 * CLOCK_SKEW
    rows = (await session.execute(select(SessionRow).where(SessionRow.ended_at > since))).scalars()
    return {row.id: int(row.ended_at or 0) for row in rows}


async def mint_api_token(session: AsyncSession, name: str, now: float) -> str:
    """Return a new token of the owner; older ones of that name are revoked."""
    user, token = await ensure_owner(session, now), new_token()
    await session.execute(
        update(ApiTokenRow)
        .where(
            ApiTokenRow.user_id == user,
            ApiTokenRow.name == name,
            ApiTokenRow.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    session.add(
        ApiTokenRow(
            id=new_id("t"),
            token_hash=hashed(token),
            user_id=user,
            name=name,
            scopes="",
            created_at=now,
            revoked_at=None,
        )
    )
    return token


def _lives(row: SessionRow, now: float) -> bool:
    return row.ended_at is None and row.expires_at >= now


async def _organisations(session: AsyncSession, user: str) -> frozenset[str]:
    rows = await session.execute(
        select(MembershipRow.organisation_id).where(MembershipRow.user_id == user)
    )
    return frozenset(rows.scalars())
