"""What people leave out of restore points: patterns as in .gitignore, made restic's. Pure."""

from collections.abc import Sequence
from typing import Final

from daemon.core.refused import Refused
from wire.excludes import MOST, below, is_exclude

_TOP: Final = "workspace"


def excludes_of(patterns: Sequence[str]) -> list[str]:
    """Return patterns below the tree. Raises Refused.

    A pattern with a slash in it (but for the last character) is below /workspace, one without
    matches a name in any folder there; what is in the home is always kept.
    """
    if len(patterns) > MOST:
        raise Refused(f"at most {MOST} excludes")
    if not all(map(is_exclude, patterns)):
        raise Refused("an exclude is a plain pattern of .gitignore, without !, [] and ..")
    return [below(_TOP, one) for one in patterns]
