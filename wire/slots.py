"""What an instance has of its node alone: a range of user ids, and an address. Pure.

Each instance on a node has a slot, which gives both. Whoever sees a process of a
workspace from outside knows it by these.
"""

import re
from typing import Final

SLOTS: Final = 16384
"""The last id range ends below 2^31, which some programs take for the largest id."""
RANGE: Final = 65536
"""Ids of one slot."""
FIRST_ID: Final = 1_000_000_000
"""Host id of root in the first slot."""
NETWORK: Final = "198.18.0.0/16"
"""Where all addresses of workspaces are; RFC 2544 keeps it out of the internet."""
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = re.compile(rf"198\.18\.{_BYTE}\.{_BYTE}")


def slot_of_uid(uid: int) -> int | None:
    """Return the index of the slot that a process on this host belongs to, or None."""
    index = (uid - FIRST_ID) // RANGE
    return index if 0 <= index < SLOTS else None


def is_workspace_address(text: str) -> bool:
    """Tell whether a text is an address of a workspace."""
    return _ADDRESS.fullmatch(text) is not None
