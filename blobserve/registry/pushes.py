"""What was pushed under each name: blobs that are whole.

A blob lies in the store as soon as it is whole, where another name may have the same; but a
name has only what was pushed under it, so that nobody gets at a layer by knowing its digest.
The list outlives a restart of the process beside the ticket, and goes with it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import msgspec

from kit.oci.core.digests import is_digest

_LISTS = "pushed"


@dataclass
class Pushed:
    """What one name has."""

    blobs: dict[str, int] = field(default_factory=dict)
    """Digest → bytes."""

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(self.blobs.values())


class Pushes:
    """What every name has whose ticket is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _LISTS
        self._open: dict[str, Pushed] = {}
        self._noting = Lock()

    def of(self, key: str) -> Pushed:
        """Return what a name has."""
        if key not in self._open:
            self._open[key] = Pushed(self._read(key))
        return self._open[key]

    def add(self, key: str, digest: str, size: int) -> None:
        """Note a blob that is whole; blocks, and may be called from any thread."""
        # a client pushes several blobs at once, and their names share one file
        with self._noting:
            found = self.of(key)
            found.blobs[digest] = size
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._folder / f"{key}.new"
            fresh.write_bytes(msgspec.json.encode(found.blobs))
            fresh.rename(self._folder / key)

    def forget(self, key: str) -> None:
        """Forget what a name had."""
        with self._noting:
            self._open.pop(key, None)
            (self._folder / key).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """Return the names that have something."""
        there = {one.name for one in self._folder.glob("*") if not one.name.endswith(".new")}
        return there | self._open.keys()

    def _read(self, key: str) -> dict[str, int]:
        try:
            body = (self._folder / key).read_bytes()
            found = msgspec.json.decode(body, type=dict[str, int])
        except (OSError, msgspec.DecodeError):
            return {}
        return {digest: size for digest, size in found.items() if is_digest(digest)}
