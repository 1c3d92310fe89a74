"""Verified grants, remembered: an Ed25519 check costs more than the rest of a request."""

from typing import TypeVar

from proxy.core.table import Table
from wire.shares import ShareGrant, verify_share
from wire.tokens import CLOCK_SKEW, GRANT_LIFETIME, MAX_GRANT, Grant, verify_grant

T = TypeVar("T")

CAPACITY = 10_000
BAD_CAPACITY = 1_000
"""Cookie values remembered as good, and as bad; the oldest goes first."""


class Grants:
    """Checks the signature of a cookie's value once, then only what can change."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._good: dict[str, Grant] = {}
        self._shares: dict[str, ShareGrant] = {}
        self._bad: dict[str, None] = {}
        self._keys: list[str] = []

    def known(self, text: str) -> bool:
        """Tell whether it costs nothing to verify it."""
        self._follow_keys()
        return text in self._good or text in self._bad

    def verify(self, text: str, now: float) -> Grant | None:
        """Return the grant while its signature, its time and its session hold."""
        self._follow_keys()
        grant = self._good.get(text) or self._check(text, now)
        if grant is None or grant.session in self._table.ended:
            return None
        # as in verify_grant, because time goes on after a signature was checked
        if not grant.issued - CLOCK_SKEW <= now < grant.issued + GRANT_LIFETIME + CLOCK_SKEW:
            return None
        return grant

    def verify_share(self, text: str) -> ShareGrant | None:
        """Return the share grant when its signature holds; its route says whether it counts."""
        self._follow_keys()
        share = self._shares.get(text)
        if share is None and text not in self._bad:
            share = verify_share(text, self._table.keys)
            if share is None:
                _remember(self._bad, text, None, BAD_CAPACITY)
            else:
                _remember(self._shares, text, share, CAPACITY)
        return share

    def _follow_keys(self) -> None:
        if self._keys != self._table.raw_keys:
            self._good.clear()
            self._shares.clear()
            self._bad.clear()
            self._keys = list(self._table.raw_keys)

    def _check(self, text: str, now: float) -> Grant | None:
        if text in self._bad:
            return None
        grant = verify_grant(text, self._table.keys, now)
        if grant is None:
            _remember(self._bad, text, None, BAD_CAPACITY)
        else:
            _remember(self._good, text, grant, CAPACITY)
        return grant


def _remember(known: dict[str, T], text: str, value: T, capacity: int) -> None:
    if len(text) > MAX_GRANT:  # refused at once, and too long to be kept for strangers
        return
    if len(known) >= capacity:
        del known[next(iter(known))]
    known[text] = value
