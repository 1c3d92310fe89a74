"""What may be shared, and for how long. Pure.

The installation's settings for now; `of` is where an organisation's own come in.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.faults import Denied, Malformed, Unprocessable
from app.shares.structs import LEAST_PASSWORD, CreateShare
from kit.durations import seconds_of, words_of
from wire.names import OWN_PORTS

_HIGHEST_PORT = 65535
_LEAST = 60.0
"""Seconds; a shorter link has expired before it has arrived."""


class Links(StrEnum):
    """Which share links there may be."""

    ON = "on"
    PASSWORD = "password"  # noqa: S105 -- a word of a setting
    """Only with a password."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed."""

    links: Links = Links.ON
    longest: float = 720 * 3600.0
    """Seconds that a link may work."""

    def of(self, organisation: str) -> "Policy":
        """Return what counts for workspaces of an organisation."""
        del organisation  # none has a policy of its own yet
        return self

    def check(self, wanted: CreateShare, port: int) -> float:
        """Return how long the link will work, in seconds; raises a refusal."""
        if self.links is Links.OFF:
            raise Denied(
                "share_off",
                "Share links are switched off here",
                "Whoever runs this installation does not allow them.",
                "Make the port public instead, or ask whoever runs this installation.",
            )
        if not 1 <= port <= _HIGHEST_PORT or port in OWN_PORTS:
            raise Malformed(
                "share_port", "This port cannot be shared", f"{port} is the platform's, or none."
            )
        if self.links is Links.PASSWORD and not wanted.password:
            raise Unprocessable(
                "share_needs_password",
                "A share link needs a password here",
                "Whoever runs this installation allows no links without one.",
                f"Choose one of at least {LEAST_PASSWORD} characters.",
            )
        if wanted.password and len(wanted.password) < LEAST_PASSWORD:
            raise Malformed(
                "share_password_short",
                "The password is too short",
                f"It has {len(wanted.password)} characters.",
                f"Choose one of at least {LEAST_PASSWORD} characters.",
            )
        return self._lasts(wanted.lasts)

    def _lasts(self, text: str) -> float:
        try:
            seconds = seconds_of(text)
        except ValueError as error:
            raise Malformed(
                "share_lasts",
                "This is no time for which a link can work",
                f"{error}.",
                "Write it like 1h, 24h or 720h.",
            ) from error
        if not _LEAST <= seconds <= self.longest:
            raise Unprocessable(
                "share_lasts",
                "This is no time for which a link can work",
                f"A link works for 1 min to {words_of(self.longest)} here.",
                "Choose a time between.",
            )
        return seconds
