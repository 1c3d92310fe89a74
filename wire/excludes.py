"""Patterns of what restore points leave out, as `.gitpod.yml` names it. Pure.

As in .gitignore, without `!`, a backslash and `[…]`: a pattern with a slash before its end is
meant from the repository's folder on, one without matches a name in any folder below it.
"""

from typing import Final

MOST: Final = 200
"""Patterns that count of one repository."""
LONGEST: Final = 1024
"""Characters of a pattern."""
MOST_DEEP: Final = 2
"""`**` in a pattern: whoever looks tries every way to spread a path over them, for each file."""


def is_exclude(text: str) -> bool:
    """Tell whether a pattern is one: it names something, and stays where it begins."""
    parts = parts_of(text)
    plain = text.isprintable() and text == text.strip() and not set(text) & set("\\[]")
    named = any(letter.isalnum() for letter in text)
    few = parts.count("**") <= MOST_DEEP and len(text) <= LONGEST
    return plain and named and few and ".." not in parts and text[:1] != "!"


def is_anchored(text: str) -> bool:
    """Tell whether a pattern is meant from the folder on in which it stands."""
    return "/" in text.rstrip("/")


def parts_of(text: str) -> list[str]:
    """Return the parts of a pattern's path."""
    return [part for part in text.split("/") if part not in {"", "."}]


def below(folder: str, text: str) -> str:
    """Return the pattern that means the same from above `folder`, which is a plain path."""
    return "/".join((folder, *(() if is_anchored(text) else ("**",)), *parts_of(text)))
