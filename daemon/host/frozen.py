"""Frozen trees on disk: `content/.frozen/<snapshot>/{tree,frozen.json}`, root's folders.

Nothing writes below `tree` once `frozen.json` is there. One that is let go gets a mark first,
and goes when no workspace stands on it any more.
"""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec

from daemon.core.frozen import Frozen
from daemon.host import files
from kit.folders import sync_folder

_RECORD: Final = "frozen.json"
_LEAVING: Final = "leaving"
_TRIAL: Final = ".trial"


class FrozenTrees:
    """The frozen trees of this node; every method blocks on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.held: set[str] = set()
        """Snapshots that a workspace is about to stand on, which no file tells yet."""

    def open(self) -> None:
        """Make the folder, and clear what a crash has left half made."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        for folder in self._root.iterdir():
            if not (folder / _RECORD).exists():
                shutil.rmtree(folder)

    def begin_trial(self) -> Path:
        """Return an empty folder in which to try what this file system can do."""
        self.end_trial()
        folder = self._root / _TRIAL
        folder.mkdir(mode=0o700)
        return folder

    def end_trial(self) -> None:
        """Remove the trial's folder."""
        if (self._root / _TRIAL).exists():
            shutil.rmtree(self._root / _TRIAL)

    def leaving(self) -> bool:
        """Tell whether some are to go."""
        return any((folder / _LEAVING).exists() for folder in self._root.iterdir())

    def names(self) -> list[str]:
        """Return the snapshots that are there and are not to go."""
        found = [one for one in self._root.iterdir() if (one / _RECORD).exists()]
        return sorted(one.name for one in found if not (one / _LEAVING).exists())

    def tree(self, snapshot: str) -> Path:
        """Return the folder that is the snapshot's /workspace."""
        return self._root / snapshot / "tree"

    def record(self, snapshot: str) -> Frozen | None:
        """Return what `frozen.json` says, also of one that is to go; None when there is none."""
        text = files.read_whole(self._root / snapshot / _RECORD)
        return None if text is None else msgspec.json.decode(text, type=Frozen)

    def begin(self, snapshot: str) -> Path:
        """Clear leftovers, and return an empty folder to fill."""
        folder = self._root / snapshot
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        tree = folder / "tree"
        tree.mkdir()
        return tree

    def finish(self, frozen: Frozen) -> None:
        """Sync everything, then say that it is there."""
        folder = self._root / frozen.snapshot
        files.sync_filesystem(folder)
        files.write_whole(folder / _RECORD, msgspec.json.encode(frozen).decode())
        sync_folder(self._root)

    def forget(self, snapshot: str) -> None:
        """Remove one that was not finished."""
        folder = self._root / snapshot
        if folder.exists() and not (folder / _RECORD).exists():
            shutil.rmtree(folder)

    def let_go(self, snapshot: str) -> None:
        """Let it go as soon as nobody stands on it."""
        folder = self._root / snapshot
        if (folder / _RECORD).exists():
            files.write_whole(folder / _LEAVING, "")

    def sweep(self, used: Collection[str]) -> int:
        """Remove what was let go and has no user; returns the bytes freed."""
        freed = 0
        for folder in list(self._root.iterdir()):
            if (folder / _LEAVING).exists() and folder.name not in {*used, *self.held}:
                freed += files.used_bytes(folder)
                (folder / _RECORD).unlink(missing_ok=True)
                shutil.rmtree(folder)
        return freed
