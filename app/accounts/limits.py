"""A small limit on guessing: so many tries per minute and client. Pure.

Several servers count together by `app.accounts.sharedlimits`.
"""

from dataclasses import dataclass, field

WINDOW = 60.0
"""Seconds in which tries are counted."""
TRIES = 20
"""Tries of one client per window: a person needs one, a guesser of 256 bits more than exist."""
CLIENTS = 1024
"""Clients remembered; the one that tried longest ago is forgotten first."""


@dataclass(slots=True)
class Tries:
    """Moments of recent tries by client, oldest first."""

    recent: dict[str, list[float]] = field(default_factory=dict)
    most: int = TRIES

    def allow(self, client: str, now: float) -> bool:
        """Note a try; tell whether it may go on. `now` never goes back."""
        mine = [one for one in self.recent.pop(client, []) if one > now - WINDOW]
        allowed = len(mine) < self.most
        if allowed:
            mine.append(now)
        self.recent[client] = mine
        if len(self.recent) > CLIENTS:
            del self.recent[next(iter(self.recent))]
        return allowed
