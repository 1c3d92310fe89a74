"""What is asked of a new terminal, read strictly; what is not said has defaults. Pure."""

from collections.abc import Callable, Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

Text = Annotated[str, Meta(max_length=4096, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00=]+$")]
Columns = Annotated[int, Meta(ge=1, le=1000)]
Title = Annotated[str, Meta(max_length=200)]


class Opening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a POST; every field may be left out."""

    cwd: Text = ""
    """Absolute; where the code is when empty."""
    command: Annotated[list[Text], Meta(max_length=256)] = field(default_factory=list)
    """Program and arguments; a login shell when empty."""
    env: Annotated[dict[Name, Text], Meta(max_length=256)] = field(default_factory=dict)
    """Variables beside those that every terminal has."""
    cols: Columns | None = None
    rows: Columns | None = None
    title: Title = ""
    """Stands before the name of what runs in it."""
    annotations: Annotated[dict[Name, Text], Meta(max_length=64)] = field(default_factory=dict)
    """Whatever who opens it wants to find again."""


class Renaming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a PUT."""

    title: Title


def annotations(asked: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Return all of them: what was asked for wins, as in Gitpod."""
    return {**defaults, **asked}


def folder(asked: str, usual: str, last: str, exists: Callable[[str], bool]) -> str:
    """Return where it begins: what was asked for, else the usual place, else the last one.

    As Gitpod: the usual place (where the code is) counts only when it is there.
    """
    if asked.startswith("/"):
        return asked
    return usual if usual and exists(usual) else last
