"""Which slot of this host an instance gets.

All installations on a host share one file of reservations (JSON, index → holder).
A new one starts looking at a place given by its tag, so that installations that
cannot see each other's file still hardly ever meet; what the host's own addresses
show to be taken is skipped as well.
"""

from collections.abc import Collection, Mapping

from wire.slots import SLOTS


def holder_of(tag: str, instance: str) -> str:
    """Return the word under which an instance holds its slot."""
    return f"{tag}/{instance}"


def choose(held: Mapping[int, str], tag: str, instance: str, taken: Collection[int]) -> int | None:
    """Return the slot's index: the one held already, else a free one, None when all are taken."""
    holder = holder_of(tag, instance)
    for index, one in held.items():
        if one == holder:
            return index
    first = int(tag, 16) % SLOTS
    for step in range(SLOTS):
        index = (first + step) % SLOTS
        if index not in held and index not in taken:
            return index
    return None


def without(held: Mapping[int, str], tag: str, live: Collection[str]) -> dict[int, str]:
    """Return the reservations after dropping those of `tag` whose instance is not live."""
    prefix = f"{tag}/"
    return {
        index: holder
        for index, holder in held.items()
        if not holder.startswith(prefix) or holder.removeprefix(prefix) in live
    }


def of_known_tags(held: Mapping[int, str], tags: Collection[str]) -> dict[int, str]:
    """Return the reservations of installations that still have a run folder."""
    return {index: holder for index, holder in held.items() if holder.partition("/")[0] in tags}
