"""What becomes of a file of the person's editor that is here, with the server, or both. Pure.

`base` is what both had when they last agreed. Whoever changed it since then counts; when both
did, the later one, and the other's text is kept beside the file. What has gone from the server
stays here: nobody's settings vanish because they were forgotten somewhere else.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from hashlib import sha256


class Move(StrEnum):
    """What to do with one file."""

    NOTHING = auto()
    TAKE = auto()
    """The server's comes here."""
    SEND = auto()
    """This one goes to the server, also that there is none any more."""
    TAKE_KEEPING = auto()
    """As TAKE, with the text of here kept beside it."""
    SEND_KEEPING = auto()
    """As SEND, with the server's text kept beside it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A text, and the moment of its last change."""

    text: str
    at: float

    @property
    def digest(self) -> str:
        """Tell it from others."""
        return digest(self.text)


def digest(text: str) -> str:
    """Return what tells a text from others."""
    return sha256(text.encode()).hexdigest()[:24]


def decide(base: str | None, here: Held | None, there: Held | None) -> Move:
    """Return what brings both together again."""
    mine = here.digest if here is not None else None
    theirs = there.digest if there is not None else None
    if mine == theirs:
        return Move.NOTHING
    if here is None:
        return Move.SEND if base is not None and base == theirs else Move.TAKE
    if there is None:
        return Move.NOTHING if base == mine else Move.SEND
    if mine == base:
        return Move.TAKE
    if theirs == base:
        return Move.SEND
    return Move.SEND_KEEPING if here.at > there.at else Move.TAKE_KEEPING


def extensions_of(text: str) -> list[str]:
    """Return the ids in VS Code's own list of what is installed, or in a list of ours, in order."""
    try:
        listed = json.loads(text)
    except ValueError:
        return []
    ids = [
        one["identifier"]["id"] if isinstance(one, dict) else one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, str) or isinstance(_within(one, "identifier", "id"), str)
    ]
    return sorted({one.lower() for one in ids})


def carried(
    there: Iterable[str], before: Iterable[str], now: Iterable[str], filed: Iterable[str]
) -> list[str]:
    """Return the list that goes along after a change of what is installed here.

    What a repository's file asks for is the repository's, not the person's.
    """
    own = {one.lower().partition("@")[0] for one in filed}
    added = set(now) - set(before) - own
    return sorted((set(there) | added) - (set(before) - set(now)))


def _within(document: object, *names: str) -> object:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document
