"""Which versions of a node's calls go together. Pure.

Server and daemons are updated one after the other, so each works with its neighbour's: what is
new is a field or a call that the other may not know, and what both know means the same. A change
that a neighbour would misread (a state that it has no word for, a field with another meaning)
waits for a version that no longer understands that neighbour.
"""

from typing import Final

SPOKEN: Final = 2
"""Version of `wire/proto/node.proto`; 1 is what said no version."""
OLDEST: Final = SPOKEN - 1
"""The oldest that is understood still."""


def why_apart(spoken: int, oldest: int) -> str | None:
    """Return why a daemon and this server do not go together, None when they do.

    `spoken` is the version that the daemon has, `oldest` what it understands still; both are 0
    where it says none.
    """
    theirs = spoken or 1
    if theirs < OLDEST:
        return (
            f"its daemon speaks version {theirs} of the calls, and this server understands "
            f"none before {OLDEST}: update the daemon"
        )
    if oldest > SPOKEN or theirs > SPOKEN + 1:
        return (
            f"its daemon speaks version {theirs} of the calls, understands {oldest or 1} at least, "
            f"and this server speaks {SPOKEN}: update the server"
        )
    return None
