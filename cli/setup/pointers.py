"""The pointer file that says which artefacts an installation starts its workspaces from."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def note(pointer: Path, record: Mapping[str, str]) -> None:
    """Write the record by a rename, so that a reader sees the old or the new one.

    Nothing is touched when the file says so already.
    """
    with _locked(pointer):
        _write(pointer, record)


def add(pointer: Path, record: Mapping[str, str], more: Mapping[str, str]) -> bool:
    """Add parts that came later to a pointer that says `record`.

    Returns False, and does nothing, when it names other parts by now: another set-up has
    been here, and its parts are not ours to mix.
    """
    with _locked(pointer):
        found = json.loads(pointer.read_text()) if pointer.exists() else {}
        if any(found.get(name) != digest for name, digest in record.items()):
            return False
        _write(pointer, {**found, **more})
    return True


@contextmanager
def _locked(pointer: Path) -> Iterator[None]:
    descriptor = os.open(pointer.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(pointer: Path, record: Mapping[str, str]) -> None:
    text = json.dumps(record)
    if pointer.exists() and pointer.read_text() == text:
        return
    fresh = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(pointer)
