"""What people leave out of restore points: patterns as in .gitignore, made restic's. Pure."""

from collections.abc import Sequence
from typing import Final

from daemon.core.orders import Refused

MOST: Final = 200
_LONGEST: Final = 1024
_TOP: Final = "workspace"


def excludes_of(patterns: Sequence[str]) -> list[str]:
    """Return patterns below the tree. Raises Refused.

    A pattern with a slash in it (but for the last character) is below /workspace, one without
    matches a name in any folder there; what is in the home is always kept.
    """
    if len(patterns) > MOST:
        raise Refused(f"at most {MOST} excludes")
    return [_pattern(one) for one in patterns]


def _pattern(text: str) -> str:
    parts = [part for part in text.split("/") if part not in {"", "."}]
    bad = text.startswith("!") or ".." in parts or not text.isprintable() or "\\" in text
    if bad or not parts or len(text) > _LONGEST:
        raise Refused("an exclude is a plain pattern of .gitignore, without ! and ..")
    anchored = "/" in text.rstrip("/")
    return "/".join([_TOP, *(() if anchored else ("**",)), *parts])
