"""A file system of its own for each workspace, in a file, so that it can only fill itself.

    disks/<workspace>/image          ext4; sparse, takes what is in it
    disks/<workspace>/content.json   the record of the tree, which a full disk cannot harm
    content/<workspace>              where the image is mounted while it is needed (host/holding.py)

Where a trial at the daemon's start fails, or a disk after it, what is new is a folder, which
`reason` tells of; what has a disk keeps one. Mounts are the host's: they outlive the daemon as
containers do, and a new daemon finds them. Every method blocks; what is done to one disk waits
for no other one.
"""

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from daemon.host import ext4, loops, newdisk, syscalls
from daemon.host.marks import MARK
from daemon.host.newdisk import IMAGE
from daemon.host.removal import remove
from kit.folders import sync_folder
from wire.ids import is_workspace_id

_log = structlog.get_logger(__name__)
MOUNT_FLAGS: Final = syscalls.MS_NOSUID | syscalls.MS_NODEV
_OPTIONS: Final = "noinit_itable,discard,errors=remount-ro"
"""Without tables that are zeroed in advance, which would take room on the node."""
_SPARE: Final = ".spare"
_TRIAL: Final = ".trial"
_TRASH: Final = ".trash-"


class Disks:
    """The disks of this node; `root` holds them, they are mounted below `content`."""

    def __init__(self, root: Path, content: Path) -> None:
        self._root = root
        self._content = content
        self._turns: dict[str, threading.RLock] = {}
        self._stocking = threading.Lock()
        self._wanted = False
        self.reason = "no trial was made"
        """Why new workspaces get no disk; empty when they do."""
        self.on_mount: Callable[[str], object] = lambda _name: None
        """Called with a disk's name after it was mounted, before anybody writes to it."""

    def open(self, *, wanted: bool = True) -> None:
        """Clear what a crash has left, and try whether disks can be made here."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        for leftover in self._root.iterdir():
            if not is_workspace_id(leftover.name) and leftover.name not in {_SPARE, MARK}:
                self._unmount(leftover.name)
                shutil.rmtree(leftover)
        self._wanted = wanted
        self.reason = self._try() if wanted else "PODIUM_DISK_LIMITS is off"
        if self.reason:
            _log.warning("no_disk_limits", reason=self.reason)

    def able(self) -> bool:
        """Tell whether disks can be made here; where one could not, it is tried again.

        A node may have been full when the daemon began.
        """
        with self._stocking:
            if self.reason and self._wanted:
                self.reason = self._try()
            return not self.reason

    def close(self) -> None:
        """Take all mounts off this host; containers that run keep theirs."""
        for name in self.on_host():
            self.release(name)

    def on_host(self) -> list[str]:
        """Return the names of the disks that are mounted now."""
        found = (one for one in self._content.iterdir() if one.is_dir() and one.is_mount())
        return [one.name for one in found if self.has(one.name)]

    def turn(self, name: str) -> threading.RLock:
        """Order who mounts, unmounts and changes a disk; whoever has the turn may take it again."""
        return self._turns.setdefault(name, threading.RLock())

    def workspaces(self) -> set[str]:
        """Return the workspaces that have a disk."""
        return {one.name for one in self._root.iterdir() if is_workspace_id(one.name)}

    def has(self, name: str) -> bool:
        """Tell whether a workspace has a disk, mounted or not."""
        return (self._root / name / IMAGE).exists()

    def folder(self, name: str) -> Path:
        """Return the folder of the disk, where what is beside its file system is kept."""
        return self._root / name

    def place(self, name: str) -> Path:
        """Return where the disk is mounted."""
        return self._content / name

    def offer(self, name: str, size: int) -> bool:
        """Give what is new a disk; False where none can be made, of which `reason` tells.

        Raises OSError on a node that is full: a folder would have no room either.
        """
        if not self.able():
            return False
        try:
            self.give(name, size)
        except OSError as error:
            if self.has(name):
                self.throw_away(name)
            self.reason = newdisk.reason(error)
            return False
        return True

    def give(self, name: str, size: int) -> None:
        """Make an empty disk of so many bytes and mount it."""
        with self.turn(name):
            folder = self._root / name
            spare = self._root / _SPARE
            with self._stocking:
                if self._fits(spare / IMAGE, size):
                    spare.rename(folder)
                else:
                    newdisk.form(folder, size)
            sync_folder(self._root)
            self.mount(name)
            self.grow(name, size)

    def stock(self, size: int) -> None:
        """Have an empty disk ready for the next workspace."""
        with self._stocking:
            if not self.reason and not (self._root / _SPARE / IMAGE).exists():
                try:
                    newdisk.form(self._root / _SPARE, size)
                except OSError as error:
                    self.reason = newdisk.reason(error)

    def drop_spare(self) -> None:
        """Do without the disk that is ready, until the next is stocked."""
        with self._stocking:
            if (self._root / _SPARE).exists():
                shutil.rmtree(self._root / _SPARE)

    def mounted(self, name: str) -> None:
        """Mount the workspace's disk if it has one that is not. Raises OSError."""
        if self.has(name):
            self.mount(name)

    def insist(self, name: str) -> None:
        """Make sure that what was just written is on the disk, if there is one. Raises OSError.

        Somebody may have unmounted it meanwhile; then it is in a folder that the disk hides.
        """
        place = self._content / name
        if self.has(name) and not place.is_mount():
            raise OSError(errno.ESTALE, "somebody has unmounted it meanwhile", str(place))

    def mount(self, name: str) -> None:
        """Make sure that the disk is mounted. Raises OSError."""
        place = self._content / name
        with self.turn(name):
            if place.is_mount():
                return
            place.mkdir(mode=0o700, exist_ok=True)
            if any(place.iterdir()):  # what was there before the disk took its place
                self._set_aside(place)
            with loops.device_of(self._root / name / IMAGE) as device:
                syscalls.mount(device, str(place), "ext4", MOUNT_FLAGS, _OPTIONS)
            place.chmod(0o700)
            self.on_mount(name)

    def clear_place(self, name: str) -> None:
        """Remove what lies where the disk is mounted, if it is not: a folder that was before it."""
        place = self._content / name
        with self.turn(name):
            if place.exists() and not place.is_mount():
                remove(place)

    def grow(self, name: str, size: int) -> None:
        """Make sure that the mounted disk has so many bytes at least. Raises OSError.

        Nobody uses it yet: where the daemon may not do it in place, it is away for a moment.
        """
        image = self._root / name / IMAGE
        with self.turn(name):
            if ext4.size_of(image) >= size:
                return
            os.truncate(image, max(size, image.stat().st_size))
            loops.grown(image)
            try:
                ext4.grow_mounted(self._content / name, size)
            except PermissionError:  # it takes CAP_SYS_RESOURCE
                self._grow_aside(name)

    def _grow_aside(self, name: str) -> None:
        image = self._root / name / IMAGE
        syscalls.unmount(str(self._content / name), 0)
        try:
            if loops.has(image):  # mounted somewhere else still: nobody else may write to it
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(image))
            ext4.grow(image)
        finally:
            self.mount(name)

    def release(self, name: str) -> None:
        """Unmount the disk and remove the place where it was."""
        with self.turn(name):
            self._unmount(name)

    def size(self, name: str) -> int:
        """Return the bytes that the disk may hold."""
        return (self._root / name / IMAGE).stat().st_size

    def used_bytes(self, name: str) -> int:
        """Return what the disk takes of the node."""
        return (self._root / name / IMAGE).stat().st_blocks * 512

    def throw_away(self, name: str) -> None:
        """Remove the disk for good; renamed first, so that there is never half of one."""
        with self.turn(name):
            self._unmount(name)
            trash = self._root / f"{_TRASH}{name}"
            if trash.exists():
                shutil.rmtree(trash)
            (self._root / name).rename(trash)
            sync_folder(self._root)
        shutil.rmtree(trash)

    def exchange(self, fresh: str, name: str) -> None:
        """Let one disk take another's place, or an empty one, in one step; neither is mounted."""
        with self.turn(fresh), self.turn(name):
            self._unmount(fresh)
            self._unmount(name)
            one, other = self._root / fresh, self._root / name
            if other.exists():
                syscalls.exchange(str(one), str(other))
            else:
                one.rename(other)
            sync_folder(self._root)

    def _fits(self, image: Path, size: int) -> bool:
        return image.exists() and image.stat().st_size <= size

    def _try(self) -> str:
        """Return why a disk cannot be made and mounted here; empty when it can."""
        try:
            newdisk.form(self._root / _TRIAL, 64 << 20)
            self.mount(_TRIAL)
            self.throw_away(_TRIAL)
        except OSError as error:
            return newdisk.why(error)
        return ""

    def _clear(self, place: Path) -> None:
        """Remove the place, unless something lies in it: that is for whoever knows what it was."""
        try:
            place.rmdir()
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise

    def _set_aside(self, place: Path) -> None:
        aside = place.with_name(f"{_TRASH}{place.name}")
        remove(aside)
        place.rename(aside)
        place.mkdir(mode=0o700)
        remove(aside)

    def _unmount(self, name: str) -> None:
        place = self._content / name
        if place.is_dir() and place.is_mount():
            syscalls.unmount(str(place))
        if place.is_dir() and not place.is_mount() and self.has(name):
            self._clear(place)
