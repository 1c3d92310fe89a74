"""How often an address may fail to prove itself, so that nobody guesses for long. Pure."""

WINDOW = 60.0
"""Seconds in which failures are counted."""
MOST = 30
"""Failures of an address: an agent offers a dozen keys, and a person types wrongly."""
ADDRESSES = 4096
"""Remembered; the one that failed longest ago is forgotten first."""


class Tries:
    """Moments of recent failures by address."""

    def __init__(self) -> None:
        self._failed: dict[str, list[float]] = {}

    def failed(self, address: str, now: float) -> None:
        """Note a failure; `now` never goes back."""
        recent = [one for one in self._failed.pop(address, []) if one > now - WINDOW]
        self._failed[address] = [*recent, now][-MOST:]
        if len(self._failed) > ADDRESSES:
            del self._failed[next(iter(self._failed))]

    def over(self, address: str, now: float) -> bool:
        """Tell whether the address has to wait."""
        recent = [one for one in self._failed.get(address, ()) if one > now - WINDOW]
        return len(recent) >= MOST
