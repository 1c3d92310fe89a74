"""What leaves a folder that may only have so many bytes: what was used longest ago."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class Used:
    """A file."""

    size: int
    at: float
    """When it was last used."""


def choose(files: Mapping[str, Used], most: int, busy: Collection[str] = ()) -> list[str]:
    """Return the names that go, until the others have no more than `most` bytes.

    Busy ones stay, also when that is too much.
    """
    total, going = sum(one.size for one in files.values()), []
    for name in sorted(files, key=lambda one: files[one].at):
        if total <= most:
            break
        if name not in busy:
            total -= files[name].size
            going.append(name)
    return going
