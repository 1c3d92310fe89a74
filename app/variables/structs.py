"""What the API gives and takes about variables. No value is ever given.

Times are seconds since 1970 (UTC, fractions kept).
"""

from typing import Annotated

from msgspec import Meta, Struct

from wire.variables import Name, Value

Pattern = Annotated[str, Meta(min_length=1, max_length=255)]


class SetVariable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /api/v1/variables."""

    name: Name
    pattern: Pattern
    """Of repositories: owner/name; `*` is one part of a path, a last `**` all that follow."""
    value: Value


class ChangeVariable(Struct, frozen=True, kw_only=True):
    """What becomes of a variable."""

    name: Name
    pattern: Pattern
    value: Value | None = None
    """None leaves it as it is."""


class VariableView(Struct, frozen=True, kw_only=True):
    """A variable; its value is never shown."""

    name: str
    pattern: str
    changed: float
