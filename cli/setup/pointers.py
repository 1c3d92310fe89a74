"""The pointer file that says which artefacts an installation starts its workspaces from."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.setup import editors


@dataclass(frozen=True, slots=True)
class Versions:
    """Where the trees of editors are, and one that has just come."""

    trees: Path
    more: tuple[str, str, str] | None = None
    """Package, version and tree."""

    def told(self, before: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record with what the pointer says of versions."""
        if self.more is not None:
            before = {**before, "editors": editors.added(before, *self.more)}
        named = {editors.CODE: "vscode", editors.JUPYTERLAB: "jupyterlab"}
        stable = {one: record[part] for one, part in named.items() if record.get(part)}
        offered = editors.offered(before, stable, self.trees)
        kept = {name: one for name, one in record.items() if name not in offered}
        return kept | {name: one for name, one in offered.items() if one}


def note(pointer: Path, record: Mapping[str, str], versions: Versions | None = None) -> None:
    """Write the record by a rename, so that a reader sees the old or the new one.

    Nothing is touched when the file says so already.
    """
    with _locked(pointer):
        _write(pointer, versions.told(_read(pointer), record) if versions else record)


def add(
    pointer: Path,
    record: Mapping[str, str],
    more: Mapping[str, str],
    versions: Versions | None = None,
) -> bool:
    """Add parts that came later to a pointer that says `record`.

    Returns False, and does nothing, when it names other parts by now: another set-up has
    been here, and its parts are not ours to mix.
    """
    with _locked(pointer):
        found = _read(pointer)
        if any(found.get(name) != digest for name, digest in record.items()):
            return False
        fresh = {**found, **more}
        _write(pointer, versions.told(found, fresh) if versions else fresh)
    return True


def _read(pointer: Path) -> dict[str, Any]:
    return json.loads(pointer.read_text()) if pointer.exists() else {}


@contextmanager
def _locked(pointer: Path) -> Iterator[None]:
    descriptor = os.open(pointer.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(pointer: Path, record: Mapping[str, Any]) -> None:
    text = json.dumps(record)
    if pointer.exists() and pointer.read_text() == text:
        return
    fresh = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(pointer)
