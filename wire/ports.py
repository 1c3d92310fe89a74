"""What a repository wishes of a workspace's ports."""

from typing import Final

from msgspec import Struct

IGNORE_COMPLETELY: Final = "ignore-completely"
ON_OPEN: Final = ("notify", "open-browser", "open-preview", "ignore", IGNORE_COMPLETELY)
"""What can happen when something listens on a port; the first is .gitpod.yml's default."""

NOTIFY_PRIVATE: Final = "notify-private"
_TOLD_UP_TO = 10000
"""Without an entry in the file a higher port is not told of: those are mostly tools' own."""


def opening(port: int, wished: str | None) -> str:
    """Return what happens when something listens; `wished` is None without an entry for it."""
    if wished is None:
        return NOTIFY_PRIVATE if port <= _TOLD_UP_TO else "ignore"
    return wished or ON_OPEN[0]


class PortWish(Struct, frozen=True, kw_only=True):
    """What .gitpod.yml asks for of the ports from `first` to `last`."""

    first: int
    last: int
    public: bool = False
    protocol: str = ""
    """What is spoken there, http or https; empty when nothing is said."""
    name: str = ""
    description: str = ""
    on_open: str = ""
    """What happens when something listens there, one of ON_OPEN; empty means its default."""
