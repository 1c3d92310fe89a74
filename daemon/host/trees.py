"""Trees and homes on disk: `content/<workspace>/{workspace,home,content.json}`.

Where a workspace has a disk of its own (host/disks.py), that is mounted there, and `content.json`
lies beside it. Whoever reads a tree that may be closed holds it (`holding`), which mounts it.

They hold the container's own ids (33333), so no start, move or restore ever needs
a chown. A tree comes into being in one rename, and `content.json` says so after
everything is on the disk; what lies around without it is a leftover. Parents are
root's alone, so nothing below them can be reached by another user of the host.
"""

from pathlib import Path

import msgspec
import structlog
from msgspec import structs

from daemon.core.clone import CLONE_FOLDER
from daemon.core.content import DISK_FULL, Record
from daemon.core.fencing import Fence, parse_fence, spell_fence
from daemon.host import files, syscalls
from daemon.host.disks import Disks
from daemon.host.frozen import FrozenTrees
from daemon.host.holding import Holding
from daemon.host.homes import copy_home, is_filled, is_folder, make_folder
from daemon.host.removal import remove
from daemon.host.standing import FROZEN, Standing
from kit.folders import sync_folder
from wire.ids import InstanceId, is_workspace_id

_log = structlog.get_logger(__name__)
_RECORD = "content.json"
_TRASH = ".trash-"
_FENCES = ".fences"
_BEFORE = ".home-before"
_RESTORING = ".restoring-"
_HOME = ".home"
"""A home that grows."""
_LAYERS = ".layers"
"""What instances change of their image, on their workspace's disk."""


class Trees(Standing):
    """The content folder of this node; every method blocks on the disk."""

    def __init__(self, root: Path, disks: Disks) -> None:
        self._root = root
        self.disks = disks
        self.holding = Holding(disks, self.record)
        self.frozen = FrozenTrees(root / FROZEN)

    def open(self, *, limited: bool = True) -> None:
        """Make the folder, and finish the discards that a crash has interrupted.

        `limited` tells whether new trees are to get disks of their own, where that works.
        """
        self._root.mkdir(mode=0o700, exist_ok=True)
        self.disks.open(wanted=limited)
        self.holding.open()
        (self._root / _FENCES).mkdir(mode=0o700, exist_ok=True)
        self.frozen.open()
        for kind in (_TRASH, _RESTORING):
            for leftover in self._root.glob(f"{kind}*"):
                remove(leftover)
        for before in self._root.glob(f"*/{_BEFORE}"):
            home = before.with_name("home")
            if home.exists():
                remove(before)
            else:  # what was to take its place is not there yet
                before.rename(home)
        self.sweep()

    def tree(self, workspace: str) -> Path:
        """Return the folder shown at /workspace."""
        return self._root / workspace / "workspace"

    def home(self, workspace: str) -> Path:
        """Return the folder shown at /home/gitpod."""
        return self._root / workspace / "home"

    def workspaces(self) -> list[str]:
        """Return the workspaces with a folder here, whatever is in it."""
        folders = {one.name for one in self._root.iterdir() if is_workspace_id(one.name)}
        return sorted(folders | self.disks.workspaces())

    def fence(self, workspace: str) -> Fence:
        """Return the highest instance number seen. Raises ValueError for a damaged file."""
        text = files.read_whole(self._root / _FENCES / workspace)
        return Fence() if text is None else parse_fence(text)

    def keep_fence(self, workspace: str, fence: Fence) -> None:
        """Remember the highest instance number across restarts."""
        files.write_whole(self._root / _FENCES / workspace, spell_fence(fence))

    def keep_last_fence(self, workspace: str, fence: Fence) -> None:
        """Remember the highest number while content is freed, also where no space is left."""
        try:
            self.keep_fence(workspace, fence)
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            files.write_over(self._root / _FENCES / workspace, spell_fence(fence))

    def place(self, workspace: str) -> Path:
        """Return the folder that is the workspace's own, or its disk's."""
        return self._beside(workspace)

    def record_file(self, workspace: str) -> Path:
        """Return where `content.json` is, or would be."""
        return self._beside(workspace) / _RECORD

    def record(self, workspace: str) -> Record | None:
        """Return what `content.json` says, None when there is none."""
        text = files.read_whole(self.record_file(workspace))
        return None if text is None else msgspec.json.decode(text, type=Record)

    def keep_record(self, record: Record) -> None:
        """Replace `content.json`; on return it is on the disk."""
        path = self.record_file(record.workspace)
        files.write_whole(path, msgspec.json.encode(record).decode())

    def complete(self, workspace: str) -> bool:
        """Tell whether tree and home are both there. Raises OSError for a disk that is broken."""
        home = self.home(workspace)
        before = home.with_name(_BEFORE)
        with self.disks.turn(workspace):  # nobody unmounts it between two looks
            self.disks.mounted(workspace)
            if before.exists() and not home.exists():  # a crash between two renames of `move_in`
                before.rename(home)
            return all(is_folder(one) for one in (*self.parts(workspace), home))

    def begin_folder(self, workspace: str, size: int) -> Path:
        """Clear leftovers; what begins gets a disk of so many bytes where there are disks."""
        folder = self._root / workspace
        self._throw_away(workspace)
        if not size or not self.disks.offer(workspace, size):
            folder.mkdir(mode=0o700)
        return folder

    def begin(self, workspace: str, size: int = 0) -> Path:
        """Clear leftovers, make an empty tree, and return it. The clone goes below it.

        It gets a disk of `size` bytes where there are disks.
        """
        self.begin_folder(workspace, size)
        tree = self.tree(workspace)
        make_folder(tree, 0o755)
        make_folder(tree / ".podium", 0o700)
        make_folder(tree / CLONE_FOLDER, 0o755)
        return tree

    def move_in(self, workspace: str, image: str, skeleton: Path) -> None:
        """Note that a container of the image is about to use the home.

        The image is known only when the home is there already: a home that nobody has used is
        filled anew, if the image has one and it is not the one that filled it.
        """
        record, home = self.record(workspace), self.home(workspace)
        if record is None or not record.home:
            return
        if record.home != image and is_filled(skeleton):
            growing, old = self.growing(workspace), home.with_name(_BEFORE)
            copy_home(skeleton, growing)
            remove(old)
            home.rename(old)
            growing.rename(home)
            files.sync_tree(home)
            remove(old)
        self.keep_record(structs.replace(record, home=""))

    def begin_home(self, workspace: str, skeleton: Path) -> None:
        """Make a home as the image's is, beside its place; it may grow while the clone does."""
        growing = self.growing(workspace)
        copy_home(skeleton, growing)
        files.sync_tree(growing)

    def growing(self, workspace: str) -> Path:
        """Return where a home grows."""
        return self._root / workspace / _HOME

    def finish(self, record: Record) -> None:
        """Put clone and home into their places, sync everything, then say that it is so."""
        tree, home = self.tree(record.workspace), self.home(record.workspace)
        (tree / CLONE_FOLDER).rename(tree / record.folder)
        self.growing(record.workspace).rename(home)
        if self.disks.has(record.workspace):  # nobody else's bytes are on it
            files.sync_filesystem(tree)
            self.disks.insist(record.workspace)
            sync_folder(self._root)
        else:
            files.sync_tree(tree, tree.parent, self._root)
        self.keep_record(record)

    def begin_restore(self, workspace: str, size: int = 0) -> Path:
        """Return an empty folder that a restore point may fill; on a disk where there are disks."""
        self.forget_restore(workspace)
        name = f"{_RESTORING}{workspace}"
        if self.disks.has(workspace):  # who has a disk keeps one
            self.disks.give(name, max(size, self.disks.size(workspace)))
        elif size:
            self.disks.offer(name, size)
        folder = self._root / name
        filled = folder / "filled"
        filled.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        return filled

    def finish_restore(self, record: Record) -> None:
        """Let what was filled take the tree's place, all of it in one step."""
        place, name = self._root / record.workspace, f"{_RESTORING}{record.workspace}"
        folder = self._root / name
        filled, whole, text = folder / "filled", folder / "whole", msgspec.json.encode(record)
        if self.disks.has(name):
            (filled / "workspace").rename(folder / "workspace")
            (filled / "home" / "gitpod").rename(folder / "home")
            remove(filled)
            files.write_whole(self.disks.folder(name) / _RECORD, text.decode())
            files.sync_filesystem(folder)
            self.disks.insist(name)
            self.disks.exchange(name, record.workspace)
            self.disks.clear_place(record.workspace)  # whoever needs the disk mounts it
        else:
            whole.mkdir(mode=0o700)
            (filled / "workspace").rename(whole / "workspace")
            (filled / "home" / "gitpod").rename(whole / "home")
            files.write_whole(whole / _RECORD, text.decode())
            files.sync_filesystem(folder)
            if place.exists():
                syscalls.exchange(str(whole), str(place))
            else:
                whole.rename(place)
            sync_folder(self._root)
        self.forget_restore(record.workspace)
        self.sweep()

    def forget_restore(self, workspace: str) -> None:
        """Remove what a restore has left: half of one, or the tree that was before."""
        name = f"{_RESTORING}{workspace}"
        if self.disks.has(name):
            self.disks.throw_away(name)
        remove(self._root / name)

    def sync(self, workspace: str) -> None:
        """Make every byte of the tree safe on this node."""
        self.disks.mounted(workspace)
        files.sync_filesystem(self._root / workspace)

    def disk(self, workspace: str) -> Path | None:
        """Return where the workspace's disk is mounted, None when it has none."""
        return self.disks.place(workspace) if self.disks.has(workspace) else None

    def layer(self, instance: InstanceId) -> Path | None:
        """Return where an instance's changes of its image go, None without a disk."""
        if not self.disks.has(instance.workspace):
            return None
        return self._root / instance.workspace / _LAYERS / str(instance)

    def make_ready(self, workspace: str, size: int) -> None:
        """Have a disk be as large as it may, without what earlier instances left on it.

        One that cannot grow does as it is: that is told by how much is free.
        """
        if not self.disks.has(workspace):
            return
        try:
            self.disks.grow(workspace, size)
        except OSError as error:
            _log.warning("disk_not_grown", workspace=workspace, exc_info=error)
        remove(self._root / workspace / _LAYERS)

    def discard(self, workspace: str) -> int:
        """Remove the content for good and return the bytes freed; absent is fine."""
        self.forget_restore(workspace)
        if not self.disks.has(workspace) and not (self._root / workspace).exists():
            return 0
        return self._throw_away(workspace) + self.sweep()

    def _beside(self, workspace: str) -> Path:
        """Return the folder of the record."""
        return self.disks.folder(workspace) if self.disks.has(workspace) else self._root / workspace

    def _throw_away(self, workspace: str) -> int:
        """Rename first: a crash in the middle leaves a trash folder, never half a tree.

        Returns the bytes freed.
        """
        freed = 0
        if self.disks.has(workspace):
            freed = self.disks.used_bytes(workspace)
            self.disks.throw_away(workspace)
        folder = self._root / workspace
        if not folder.exists():
            return freed
        trash = folder.with_name(f"{_TRASH}{workspace}")
        remove(trash)
        folder.rename(trash)
        sync_folder(self._root)
        return freed + remove(trash)
