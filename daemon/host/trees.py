"""Trees and homes on disk: `content/<workspace>/{workspace,home,content.json}`.

They hold the container's own ids (33333), so no start, move or restore ever needs
a chown. A tree comes into being in one rename, and `content.json` says so after
everything is on the disk; what lies around without it is a leftover. Parents are
root's alone, so nothing below them can be reached by another user of the host.
"""

import os
import shutil
import stat
from pathlib import Path

import msgspec
from msgspec import structs

from daemon.core.clone import CLONE_FOLDER
from daemon.core.content import Record
from daemon.core.fencing import Fence, parse_fence, spell_fence
from daemon.host import files, syscalls
from daemon.host.git import USER
from kit.folders import sync_folder
from wire.ids import is_workspace_id

_RECORD = "content.json"
_TRASH = ".trash-"
_FENCES = ".fences"
_BEFORE = ".home-before"
_RESTORING = ".restoring-"
_HOME = ".home"
"""A home that grows."""


class Trees:
    """The content folder of this node; every method blocks on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(self) -> None:
        """Make the folder, and finish the discards that a crash has interrupted."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        (self._root / _FENCES).mkdir(mode=0o700, exist_ok=True)
        for kind in (_TRASH, _RESTORING):
            for leftover in self._root.glob(f"{kind}*"):
                shutil.rmtree(leftover)
        for before in self._root.glob(f"*/{_BEFORE}"):
            home = before.with_name("home")
            if home.exists():
                shutil.rmtree(before)
            else:  # what was to take its place is not there yet
                before.rename(home)

    def tree(self, workspace: str) -> Path:
        """Return the folder shown at /workspace."""
        return self._root / workspace / "workspace"

    def home(self, workspace: str) -> Path:
        """Return the folder shown at /home/gitpod."""
        return self._root / workspace / "home"

    def workspaces(self) -> list[str]:
        """Return the workspaces with a folder here, whatever is in it."""
        return sorted(one.name for one in self._root.iterdir() if is_workspace_id(one.name))

    def fence(self, workspace: str) -> Fence:
        """Return the highest instance number seen. Raises ValueError for a damaged file."""
        text = files.read_whole(self._root / _FENCES / workspace)
        return Fence() if text is None else parse_fence(text)

    def keep_fence(self, workspace: str, fence: Fence) -> None:
        """Remember the highest instance number across restarts."""
        files.write_whole(self._root / _FENCES / workspace, spell_fence(fence))

    def record(self, workspace: str) -> Record | None:
        """Return what `content.json` says, None when there is none."""
        text = files.read_whole(self._root / workspace / _RECORD)
        return None if text is None else msgspec.json.decode(text, type=Record)

    def keep_record(self, record: Record) -> None:
        """Replace `content.json`; on return it is on the disk."""
        path = self._root / record.workspace / _RECORD
        files.write_whole(path, msgspec.json.encode(record).decode())

    def complete(self, workspace: str) -> bool:
        """Tell whether tree and home are both there."""
        home = self.home(workspace)
        before = home.with_name(_BEFORE)
        if before.exists() and not home.exists():  # a crash between two renames of `move_in`
            before.rename(home)
        return all(_is_folder(one) for one in (self.tree(workspace), self.home(workspace)))

    def begin(self, workspace: str) -> Path:
        """Clear leftovers, make an empty tree, and return it. The clone goes below it."""
        folder = self._root / workspace
        if folder.exists():
            self._throw_away(folder)
        folder.mkdir(mode=0o700)
        tree = self.tree(workspace)
        _make_folder(tree, 0o755)
        _make_folder(tree / ".podium", 0o700)
        _make_folder(tree / CLONE_FOLDER, 0o755)
        return tree

    def move_in(self, workspace: str, image: str, skeleton: Path) -> None:
        """Note that a container of the image is about to use the home.

        The image is known only when the home is there already: a home that nobody has used is
        filled anew, if the image has one and it is not the one that filled it.
        """
        record, home = self.record(workspace), self.home(workspace)
        if record is None or not record.home:
            return
        if record.home != image and _is_filled(skeleton):
            growing, old = self._growing(workspace), home.with_name(_BEFORE)
            _copy_home(skeleton, growing)
            if old.exists():
                shutil.rmtree(old)
            home.rename(old)
            growing.rename(home)
            files.sync_tree(home)
            shutil.rmtree(old)
        self.keep_record(structs.replace(record, home=""))

    def begin_home(self, workspace: str, skeleton: Path) -> None:
        """Make a home as the image's is, beside its place; it may grow while the clone does."""
        growing = self._growing(workspace)
        _copy_home(skeleton, growing)
        files.sync_tree(growing)

    def _growing(self, workspace: str) -> Path:
        return self._root / workspace / _HOME

    def finish(self, record: Record) -> None:
        """Put clone and home into their places, sync everything, then say that it is so."""
        tree, home = self.tree(record.workspace), self.home(record.workspace)
        (tree / CLONE_FOLDER).rename(tree / record.folder)
        self._growing(record.workspace).rename(home)
        files.sync_tree(tree, tree.parent, self._root)
        self.keep_record(record)

    def begin_restore(self, workspace: str) -> Path:
        """Return an empty folder that a restore point may fill."""
        folder = self._root / f"{_RESTORING}{workspace}"
        if folder.exists():
            shutil.rmtree(folder)
        filled = folder / "filled"
        filled.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        return filled

    def finish_restore(self, record: Record) -> None:
        """Let what was filled take the tree's place, all of it in one step."""
        place = self._root / record.workspace
        folder = place.with_name(f"{_RESTORING}{record.workspace}")
        filled, whole = folder / "filled", folder / "whole"
        whole.mkdir(mode=0o700)
        (filled / "workspace").rename(whole / "workspace")
        (filled / "home" / "gitpod").rename(whole / "home")
        files.write_whole(whole / _RECORD, msgspec.json.encode(record).decode())
        files.sync_filesystem(folder)
        if place.exists():
            syscalls.exchange(str(whole), str(place))
        else:
            whole.rename(place)
        sync_folder(self._root)
        self.forget_restore(record.workspace)

    def forget_restore(self, workspace: str) -> None:
        """Remove what a restore has left: half of one, or the tree that was before."""
        folder = self._root / f"{_RESTORING}{workspace}"
        if folder.exists():
            shutil.rmtree(folder)

    def sync(self, workspace: str) -> None:
        """Make every byte of the tree safe on this node."""
        files.sync_filesystem(self._root / workspace)

    def discard(self, workspace: str) -> int:
        """Remove the content for good and return the bytes freed; absent is fine."""
        folder = self._root / workspace
        self.forget_restore(workspace)
        if not folder.exists():
            return 0
        freed = files.used_bytes(folder)
        self._throw_away(folder)
        return freed

    def _throw_away(self, folder: Path) -> None:
        """Rename first: a crash in the middle leaves a trash folder, never half a tree."""
        trash = folder.with_name(f"{_TRASH}{folder.name}")
        if trash.exists():
            shutil.rmtree(trash)
        folder.rename(trash)
        sync_folder(self._root)
        shutil.rmtree(trash)


def _is_filled(skeleton: Path) -> bool:
    """Tell whether there is a home, reached through no link, with something in it."""
    if not all(_is_folder(one) for one in (skeleton.parent, skeleton)):
        return False
    return next(skeleton.iterdir(), None) is not None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _make_folder(path: Path, mode: int) -> None:
    path.mkdir()
    path.chmod(mode)
    os.chown(path, USER, USER)


def _copy_home(skeleton: Path, home: Path) -> None:
    """Copy the image's home with owners, modes, xattrs and links as they are, following none."""
    if home.exists():
        shutil.rmtree(home)
    if any(one.is_symlink() for one in (skeleton, skeleton.parent)) or not skeleton.is_dir():
        _make_folder(home, 0o750)
        return
    shutil.copytree(skeleton, home, symlinks=True, ignore=_only_plain, copy_function=_copy_file)
    for folder, folders, names in os.walk(home):
        source = skeleton / Path(folder).relative_to(home)
        _own_like(source, Path(folder))
        for name in names:
            _own_like(source / name, Path(folder, name))
        for name in folders:
            if Path(folder, name).is_symlink():
                _own_like(source / name, Path(folder, name))


def _only_plain(folder: str, names: list[str]) -> set[str]:
    """Leave out what is no file, folder or link: devices and sockets are no home's business."""
    found = {name: Path(folder, name).lstat().st_mode for name in names}
    return {
        name
        for name, mode in found.items()
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))
    }


def _copy_file(source: str, target: str) -> None:
    shutil.copy2(source, target, follow_symlinks=False)


def _own_like(source: Path, target: Path) -> None:
    found = source.lstat()
    os.lchown(target, found.st_uid, found.st_gid)
    if not stat.S_ISLNK(found.st_mode):
        target.chmod(stat.S_IMODE(found.st_mode))
