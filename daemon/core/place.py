"""What a place of a git host's page means, once the repository's branches and tags are known.

`feature/x/docs` is the folder `docs` of branch `feature/x`, or a file of branch
`feature`: no address tells, the refs do. A branch comes before a tag of the same
name, as it does on the hosts' own pages.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

_ABBREVIATED = re.compile(r"[0-9a-f]{4,64}", re.ASCII)


class Turn(StrEnum):
    """What HEAD is turned to."""

    DEFAULT = "default"
    BRANCH = "branch"
    TAG = "tag"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Place:
    """A ref by its short name, or the digits of a commit; `path` is what follows it."""

    turn: Turn
    name: str
    path: str


def resolve(place: str, branches: Collection[str], tags: Collection[str]) -> Place | None:
    """Return what the place means, None when nothing of the repository fits."""
    segments = [part for part in place.split("/") if part]
    for end in range(len(segments), 0, -1):
        name, path = "/".join(segments[:end]), "/".join(segments[end:])
        if name in branches:
            return Place(Turn.BRANCH, name, path)
        if name in tags:
            return Place(Turn.TAG, name, path)
    first, path = "".join(segments[:1]), "/".join(segments[1:])
    if first == "HEAD":
        return Place(Turn.DEFAULT, "", path)
    if _ABBREVIATED.fullmatch(first):
        return Place(Turn.COMMIT, first, path)
    return None
