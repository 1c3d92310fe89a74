"""Slots of this host, reserved in one file that all installations share under a lock."""

import fcntl
import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.core import ranges
from daemon.core.network import slot_of_address

_ADDRESS = re.compile(r"\|-- ([0-9.]+)\n +/32 host LOCAL")
_ROUTES = Path("/proc/net/fib_trie")


class NoSlotLeft(Exception):
    """Every slot of this host is taken."""


class Ranges:
    """The reservations of one installation in the shared file."""

    def __init__(self, path: Path, tag: str) -> None:
        self._path = path
        self._tag = tag

    def reserve(self, instance: str) -> int:
        """Return the instance's slot, reserving one if it has none. Raises NoSlotLeft."""
        with self._locked() as held:
            index = ranges.choose(held, self._tag, instance, _taken_by_addresses())
            if index is None:
                raise NoSlotLeft("every id range of this host is taken")
            held[index] = ranges.holder_of(self._tag, instance)
            return index

    def release(self, instance: str) -> None:
        """Give the instance's slot back; it may have none."""
        holder = ranges.holder_of(self._tag, instance)
        with self._locked() as held:
            for index in [index for index, one in held.items() if one == holder]:
                del held[index]

    def sweep(self, live: Collection[str]) -> None:
        """Drop reservations of dead instances, and of installations without a run folder."""
        tags = {one.name for one in self._path.parent.iterdir() if one.is_dir()}
        with self._locked() as held:
            kept = ranges.without(ranges.of_known_tags(held, tags), self._tag, live)
            held.clear()
            held.update(kept)

    @contextmanager
    def _locked(self) -> Iterator[dict[int, str]]:
        """Yield the reservations under the lock; what changed is written before it is freed."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            text = file.read()
            held = {int(index): str(holder) for index, holder in json.loads(text or "{}").items()}
            before = dict(held)
            yield held
            if held != before:
                # in place: the lock is on this very file, so it cannot be replaced by a rename
                file.seek(0)
                file.write(json.dumps(held))
                file.truncate()


def _taken_by_addresses() -> set[int]:
    """Return the slots whose address the host carries, whoever gave it."""
    found = (slot_of_address(match) for match in _ADDRESS.findall(_ROUTES.read_text()))
    return {index for index in found if index is not None}
