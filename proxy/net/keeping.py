"""The last routing table on disk, so that a proxy that starts alone can serve."""

import os
import time
from pathlib import Path

import msgspec

from proxy.core.table import Table
from wire.routes import Snapshot


class Saved(msgspec.Struct):
    """What is kept."""

    keys: list[str]
    snapshot: Snapshot
    heard: float = 0.0
    """When the feed last gave a sign of life, seconds since 1970."""


def load(file: Path, table: Table) -> bool:
    """Take the last table over; tell whether there was one.

    Its age goes on: ports that were public stay so for the rest of the time that they
    would have without a feed.
    """
    try:
        saved = msgspec.json.decode(file.read_bytes(), type=Saved)
        table.set_keys(saved.keys)
    except (OSError, msgspec.DecodeError, ValueError):
        return False
    age = max(0.0, time.time() - saved.heard)
    table.apply(saved.snapshot, time.monotonic() - age)
    return True


def freeze(table: Table) -> Saved:
    """Return what is to be kept, which later changes do not touch."""
    heard = time.time() - (time.monotonic() - table.heard)
    return Saved(list(table.raw_keys), table.snapshot(), max(0.0, heard))


def save(file: Path, saved: Saved) -> None:
    """Write it, whole or not at all, readable by its owner only; raises OSError."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.encode(saved))
    fresh.rename(file)
