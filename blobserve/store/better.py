"""Variants that were compressed harder than set-up had time for: one file each, below one folder.

A variant appears under its name when it is whole. All of it can be made again: a folder of a
build that is no more is removed, and so may be everything.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from blobserve.core.compose import Piece

_FRESH = ".new"


class Better:
    """The variants of every build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_only(self, builds: set[str]) -> None:
        """Remove the variants of other builds."""
        for one in self._folder.glob("*"):
            if one.name not in builds and not one.name.startswith("."):
                shutil.rmtree(one, ignore_errors=True)

    def of_build(self, build: str) -> dict[str, Piece]:
        """Return name → variant of those that are whole."""
        root = self._folder / build
        return {
            str(path.relative_to(root)): Piece(
                str(path), 0, path.stat().st_size, f"{build}-{path.stat().st_mtime_ns:x}"
            )
            for path in self._files(root)
        }

    def _files(self, root: Path) -> Iterator[Path]:
        return (
            path for path in root.rglob("*") if path.is_file() and not path.name.endswith(_FRESH)
        )

    def add(self, build: str, name: str, content: bytes) -> None:
        """Put a variant in place, at once or not at all."""
        path = self._folder / build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}{_FRESH}")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
