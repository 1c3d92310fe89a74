"""What people are told when a snapshot cannot be made or opened. Pure."""

from app.faults import Conflict, Malformed, Missing


def too_many(why: str) -> Conflict:
    """Return what is said when there is room for no more; `why` is the bound."""
    return Conflict(
        "too_many_snapshots",
        "There are as many snapshots as there may be",
        why,
        "Delete one that nobody needs.",
    )


def invalid_time() -> Malformed:
    """Return what is said of a time that is none."""
    return Malformed(
        "snapshot_time",
        "The time for which a snapshot works is not understood",
        "It is a year at most.",
        "Say something like 24h or 720h, or none for no end.",
    )


def unknown() -> Missing:
    """Return what is said of one that is not there, or not for this person."""
    return Missing(
        "snapshot_unknown",
        "There is no such snapshot",
        "It was deleted, its time is over, or it is not for you.",
        "Ask whoever sent the link.",
    )


def away(node: str, why: str) -> Conflict:
    """Return what is said of one on a node that takes no workspaces now; `why` in words."""
    return Conflict(
        "snapshot_node_away",
        "The snapshot's node takes no workspaces now",
        f"It is on node {node}, which {why}; workspaces begin as it there alone.",
        "Open it again when that node takes workspaces.",
    )
