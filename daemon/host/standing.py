"""Trees that stand on frozen ones, or are copies of them: the half of `trees` that is about these.

A layered tree is `content/<workspace>/layers/{upper,work}`, and its record names the snapshot.
"""

from pathlib import Path
from typing import Final

import structlog

from daemon.core.content import Record
from daemon.host import files, layered
from daemon.host.disks import Disks
from daemon.host.frozen import FrozenTrees
from daemon.host.homes import make_folder
from kit.folders import sync_folder

_log = structlog.get_logger(__name__)
FROZEN: Final = ".frozen"
_LAYERS: Final = "layers"


class Standing:
    """What `Trees` can do with frozen trees; the rest of it fills these names."""

    frozen: FrozenTrees
    disks: Disks
    _root: Path

    def record(self, workspace: str) -> Record | None:
        """Return what is written down of the tree."""
        raise NotImplementedError

    def keep_record(self, record: Record) -> None:
        """Write it down."""
        raise NotImplementedError

    def workspaces(self) -> list[str]:
        """Return the workspaces with a folder here."""
        raise NotImplementedError

    def tree(self, workspace: str) -> Path:
        """Return the folder of a plain tree."""
        raise NotImplementedError

    def home(self, workspace: str) -> Path:
        """Return the folder of the home."""
        raise NotImplementedError

    def growing(self, workspace: str) -> Path:
        """Return where a home grows."""
        raise NotImplementedError

    def begin_folder(self, workspace: str, size: int) -> Path:
        """Clear leftovers, and return an empty folder for a workspace."""
        raise NotImplementedError

    def sweep(self) -> int:
        """Remove frozen trees that were let go and that nobody stands on; returns bytes.

        What cannot be told, or removed, stays for another time: whoever sweeps has done what it
        was asked for, and one damaged record holds up nobody else.
        """
        try:
            return self.frozen.sweep(self._lowers) if self.frozen.leaving() else 0
        except (OSError, ValueError) as error:
            _log.warning("frozen_stay", exc_info=error)
            return 0

    def _lowers(self) -> set[str]:
        records = [self.record(one) for one in self.workspaces()]
        return {one.lower for one in records if one is not None and one.lower}

    def layers(self, workspace: str) -> dict[str, str] | None:
        """Return the layers of a tree that stands on a frozen one, None for a plain tree."""
        record = self.record(workspace)
        return self.layers_on(workspace, record.lower) if record and record.lower else None

    def layers_on(self, workspace: str, snapshot: str) -> dict[str, str]:
        """Return the layers of a tree that stands on this frozen one, or is about to."""
        return {
            "lower": str(self.frozen.tree(snapshot)),
            "layers": str(self._root / workspace / _LAYERS),
        }

    def view(self, workspace: str) -> str | dict[str, str]:
        """Return what `layered.show` shows as the tree."""
        return self.layers(workspace) or str(self.tree(workspace))

    def parts(self, workspace: str) -> list[Path]:
        """Return the folders without which there is no tree."""
        found = self.layers(workspace)
        if found is None:
            return [self.tree(workspace)]
        return [Path(found["lower"]), Path(found["layers"]) / layered.UPPER]

    def begin_thawed(self, workspace: str, size: int, *, stands: bool) -> Path:
        """Clear leftovers, and return an empty tree, or the upper layer of one that stands."""
        folder = self.begin_folder(workspace, size)
        if not stands:
            tree = self.tree(workspace)
            make_folder(tree, 0o755)
            return tree
        upper = folder / _LAYERS / layered.UPPER
        upper.parent.mkdir(mode=0o755)
        for one, mode in ((upper, 0o755), (upper.with_name(layered.WORK), 0o700)):
            make_folder(one, mode)
        make_folder(upper / layered.ENGINE, 0o700)
        return upper

    def finish_thawed(self, record: Record) -> None:
        """Put the home into its place, sync everything, then say that it is so."""
        home = self.home(record.workspace)
        self.growing(record.workspace).rename(home)
        if self.disks.has(record.workspace):  # nobody else's bytes are on it
            files.sync_filesystem(home)
            self.disks.insist(record.workspace)
            sync_folder(self._root)
        elif record.lower:  # little of its own; the rest has long been on the disk
            files.sync_tree(home.with_name(_LAYERS), home.parent, self._root)
        else:
            files.sync_filesystem(home.parent)
        self.keep_record(record)
