"""Frozen trees on disk: `content/.frozen/<snapshot>/{tree,frozen.json}`, root's folders.

Nothing writes below `tree` once `frozen.json` is there. One that is let go gets a mark first,
and goes when no workspace stands on it any more.
"""

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from daemon.core.frozen import Frozen
from daemon.host import files
from daemon.host.removal import remove
from kit.folders import sync_folder

_RECORD: Final = "frozen.json"
_LEAVING: Final = "leaving"
_TRIAL: Final = ".trial"


class FrozenTrees:
    """The frozen trees of this node; every method blocks on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()
        """Orders who begins to stand on a tree and who finds that nobody does."""
        self._held: Counter[str] = Counter()
        """Snapshots that workspaces are about to stand on, which no file tells yet."""
        self._going: set[str] = set()

    def open(self) -> None:
        """Make the folder, and clear what a crash has left half made."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        for folder in self._root.iterdir():
            if not (folder / _RECORD).exists():
                remove(folder)

    def begin_trial(self) -> Path:
        """Return an empty folder in which to try what this file system can do."""
        self.end_trial()
        folder = self._root / _TRIAL
        folder.mkdir(mode=0o700)
        return folder

    def end_trial(self) -> None:
        """Remove the trial's folder."""
        remove(self._root / _TRIAL)

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
        remove(folder)
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
        if not (folder / _RECORD).exists():
            remove(folder)

    def let_go(self, snapshot: str) -> None:
        """Let it go as soon as nobody stands on it."""
        folder = self._root / snapshot
        if (folder / _RECORD).exists():
            files.write_whole(folder / _LEAVING, "")

    def hold(self, snapshot: str) -> Frozen | None:
        """Return what `frozen.json` says, and keep the tree until it is released; None: no tree."""
        with self._lock:
            found = self.record(snapshot)
            if found is not None:
                self._held[snapshot] += 1
            return found

    def release(self, snapshot: str) -> None:
        """Let go of what `hold` has returned, once a record tells who stands on it, or nobody."""
        self._held[snapshot] -= 1

    def sweep(self, users: Callable[[], Collection[str]]) -> int:
        """Remove what was let go and is not among `users`; returns the bytes freed."""
        freed, going = 0, self._take(users)
        try:
            for name in going:
                freed += remove(self._root / name)
        finally:
            self._going.difference_update(going)
        return freed

    def _take(self, users: Callable[[], Collection[str]]) -> list[str]:
        """Choose what goes: from here on nobody can begin to stand on it.

        Who holds is looked at before the records, since a record is written before its tree
        is released. What is let go later is for a later sweep, which reads the records again.
        """
        with self._lock:
            held = {one for one, times in self._held.items() if times}
            kept = {*held, *users(), *self._going}
            leaving = [one for one in self._root.iterdir() if (one / _LEAVING).exists()]
            going = sorted(one.name for one in leaving if one.name not in kept)
            for name in going:
                (self._root / name / _RECORD).unlink(missing_ok=True)
            self._going.update(going)
            return going
