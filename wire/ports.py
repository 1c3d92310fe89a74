"""What a repository wishes of a workspace's ports."""

from typing import Final

from msgspec import Struct

ON_OPEN: Final = ("notify", "open-browser", "open-preview", "ignore", "ignore-completely")
"""What can happen when something listens on a port; the first is .gitpod.yml's default."""


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
