"""What a repository wishes of a workspace's ports."""

from msgspec import Struct


class PortWish(Struct, frozen=True, kw_only=True):
    """What .gitpod.yml asks for of the ports from `first` to `last`."""

    first: int
    last: int
    public: bool = False
    protocol: str = ""
    """What is spoken there, http or https; empty when nothing is said."""
    name: str = ""
    description: str = ""
