"""Fencing: a caller with an instance number smaller than one seen before is refused.

The highest number of each workspace is kept on disk, beside the content and
surviving it: a discarded workspace stays fenced one above its last instance, so
that a late duplicate of an old call cannot bring it back.
"""

from dataclasses import dataclass


class Fenced(Exception):
    """A newer instance of the workspace has been seen; the caller is behind."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The highest instance number seen of a workspace; 0 before the first."""

    highest: int = 0

    def admit(self, n: int) -> "Fence":
        """Return the fence after a call of instance n. Raises Fenced for a smaller n."""
        if n < self.highest:
            raise Fenced(f"instance {n} is older than {self.highest}")
        return Fence(n)

    def discarded(self) -> "Fence":
        """Return the fence of a workspace whose content was freed for good."""
        return Fence(self.highest + 1)


def parse_fence(text: str) -> Fence:
    """Read what `spell_fence` wrote; anything else is an error worth stopping for."""
    stripped = text.strip()
    if not stripped.isdecimal():
        raise ValueError(f"not a fencing number: {stripped[:40]!r}")
    return Fence(int(stripped))


def spell_fence(fence: Fence) -> str:
    """Spell the fence for its file."""
    return f"{fence.highest}\n"
