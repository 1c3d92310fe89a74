"""What happens when somebody opens a share link: the proxy asks, and gets a grant or a refusal.

A password is counted as tried before it is looked at, in a transaction of its own: however
many guess at once, a link takes ten in ten minutes. Its hash is computed outside of any
transaction, two at a time, because it takes memory and a core for a while.
"""

import asyncio
from dataclasses import dataclass

from app.accounts.keys import Keys
from app.accounts.sharedlimits import Count, SharedLimit
from app.db.shares import PortShareRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Denied, Malformed, Missing, Refusal
from app.shares import passwords
from app.workspaces.store import Change, Store
from kit.durations import words_of
from wire.shares import ShareGrant, read_token, sign_share

MOST_WRONG = 10
WRONG_WINDOW = 600.0
"""Seconds in which so many wrong passwords of one link are taken."""
MOST_OPENINGS = 300
"""Of one link in a minute: a whole lecture opens it at once, a program does not."""
QUIET = 60.0
"""Seconds between two lines of history about openings of one link."""
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser is let in with."""

    grant: str
    expires: int
    """Seconds since 1970."""


class Opening:
    """Opens share links for whoever shows their token."""

    def __init__(self, store: Store, keys: Keys, shared: Count | None = None) -> None:
        """`shared` counts openings at all servers; None where there is one."""
        self._store = store
        self._keys = keys
        self._limit = SharedLimit("shares", MOST_OPENINGS, shared)
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    async def open(self, token: str, workspace: str, port: int, password: str) -> Opened:
        """Return the grant; raises a refusal whose words are for whoever has the link."""
        verifying = [one.public_key() for one in self._keys.all_signing]
        share = read_token(token, workspace, port, verifying)
        if share is None:
            raise Malformed(
                "share_invalid",
                "This link is not complete",
                "A part of it is missing or was changed on its way, or it is of another Podium.",
                "Copy the whole link once more, or ask for a new one.",
            )
        if not await self._limit.allow(share, self._store.clock.monotonic()):
            raise Conflict(
                "share_busy",
                "This link is opened too often",
                f"It takes {MOST_OPENINGS} openings in a minute.",
                "Wait a minute and open it again.",
            )
        stored = await self._admit(share, trying=bool(password))
        if stored:
            await self._check(stored, password)
        async with self._store.change() as change:
            # What was true before the password was looked at may not be so any more.
            row, found = await _usable(change, share)
            if found.password_hash != stored:
                raise _ended("It was changed meanwhile.")
            found.wrong = max(0, found.wrong - 1) if stored else 0
            _note(change, row, found)
            expires = int(found.expires_at)
        grant = ShareGrant(share=share, workspace=workspace, port=port, expires=expires)
        return Opened(sign_share(grant, self._keys.signing), expires)

    async def _admit(self, share: str, *, trying: bool) -> str:
        """Return the password's hash, empty without one; a try is counted before it is made."""
        async with self._store.change() as change:
            _, found = await _usable(change, share)
            refusal = _try(found, change.now) if found.password_hash and trying else None
            stored = found.password_hash
        if refusal is not None:
            raise refusal
        return stored

    async def _check(self, stored: str, password: str) -> None:
        if not password:
            raise Denied(
                "share_password",
                "This link asks for a password",
                "Whoever has given you the link has set one.",
            )
        async with self._hashing:
            right = await asyncio.to_thread(passwords.matches, password, stored)
        if not right:
            raise Denied(
                "share_password_wrong",
                "This is not the password",
                "It is not the one that was set for this link.",
                "Ask whoever has given you the link.",
            )


def _try(share: PortShareRow, now: float) -> Refusal | None:
    """Count a try of the password; return why it may not be made."""
    if share.wrong_since is None or not 0 <= now - share.wrong_since < WRONG_WINDOW:
        share.wrong, share.wrong_since = 0, now
    if share.wrong >= MOST_WRONG:
        left = words_of(share.wrong_since + WRONG_WINDOW - now + 1)
        return Conflict(
            "share_tries",
            "Too many wrong passwords",
            f"This link takes {MOST_WRONG} of them in {words_of(WRONG_WINDOW)}, from whomever.",
            f"Try again in {left}.",
        )
    share.wrong += 1
    return None


async def _usable(change: Change, share: str) -> tuple[WorkspaceRow, PortShareRow]:
    """Return a link that counts with its workspace; raises Missing or Conflict."""
    found = await change.session.get(PortShareRow, share)
    row = await change.workspace(found.workspace_id) if found is not None else None
    if found is None or row is None or row.wish == "deleted":
        raise _ended("The workspace was deleted.")
    if found.expires_at <= change.now:
        raise _ended("It has expired.")
    if found.ended_at is not None:
        raise _ended("It was revoked.")
    if found.once and found.opened:
        raise Conflict(
            "share_used",
            "This link was used already",
            "It lets in only the first browser that opens it.",
            "Go on in that browser, or ask for a new link.",
        )
    return row, found


def _ended(why: str) -> Missing:
    return Missing(
        "share_ended",
        "This link does not work any more",
        why,
        "Ask whoever has given it to you for a new one.",
    )


def _note(change: Change, row: WorkspaceRow, share: PortShareRow) -> None:
    """Note that somebody was let in: when, not who."""
    before, share.opened_at = share.opened_at, change.now
    share.opened += 1
    share.version += 1
    if before is not None and 0 <= change.now - before < QUIET:
        return
    note = f" ({share.note})" if share.note else ""
    change.record(row, "share_opened", f"A link to port {share.port}{note} was opened.")
    change.touch(row)
