"""Roots of images on disk: `roots/<hex of the digest>/{rootfs,image.json}`.

A root is unpacked in a folder of another name, synced, and gets its own by one rename; then
it never changes. They hold the container's own ids and set-user-id programs, so the folder
is root's alone. Removing is done by `rm`, which no tree is too deep for, after a rename.
"""

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from daemon.core.images import Kept, Record
from daemon.host import files
from kit.folders import sync_folder
from kit.oci.core.digests import hexadecimal, is_digest, spelt

_RECORD = "image.json"
_GROWING = ".growing-"
_TRASH = ".trash-"
ROOT = "rootfs"


class Roots:
    """The folder of roots of this node; every method blocks on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder, and remove what a crash has left half-made or half-removed."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for prefix in (_GROWING, _TRASH):
            for leftover in self.folder.glob(f"{prefix}*"):
                _remove(leftover)

    def record(self, image: str) -> Record | None:
        """Return what is said of a root that is whole, None when there is none."""
        if not is_digest(image):
            return None
        text = files.read_whole(self._place(image) / _RECORD)
        return None if text is None else msgspec.json.decode(text, type=Record)

    def kept(self) -> list[Kept]:
        """Return every root that is whole."""
        found = []
        for folder in sorted(self.folder.iterdir()):
            image = spelt(folder.name)
            record = None if folder.name.startswith(".") else self.record(image)
            if record is not None:
                with suppress(FileNotFoundError):  # one that is just being removed
                    used = (folder / _RECORD).stat().st_mtime
                    found.append(Kept(image=image, size=record.size, used=used))
        return found

    def touch(self, image: str) -> None:
        """Note that a root is used now."""
        if not is_digest(image):
            return
        with suppress(FileNotFoundError):
            os.utime(self._place(image) / _RECORD)

    def begin(self) -> Path:
        """Make the folder in which a root grows, and return it; the root is `ROOT` in it."""
        growing = self.folder / f"{_GROWING}{token_hex(8)}"
        growing.mkdir(mode=0o700)
        root = growing / ROOT
        root.mkdir()
        root.chmod(0o755)
        return growing

    def finish(self, growing: Path, record: Record) -> None:
        """Sync what has grown, and give it its name."""
        files.write_whole(growing / _RECORD, msgspec.json.encode(record).decode())
        files.sync_filesystem(growing)
        place = self._place(record.image)
        if place.exists():  # without its record: somebody's hand was here
            self._throw_away(place)
        growing.rename(place)
        sync_folder(self.folder)

    def give_up(self, growing: Path) -> None:
        """Remove what has grown."""
        _remove(growing)

    def discard(self, image: str) -> None:
        """Remove a root for good."""
        place = self._place(image)
        if place.exists():
            self._throw_away(place)

    def _throw_away(self, place: Path) -> None:
        trash = self.folder / f"{_TRASH}{token_hex(8)}"
        place.rename(trash)
        sync_folder(self.folder)
        _remove(trash)

    def _place(self, image: str) -> Path:
        return self.folder / hexadecimal(image)


def _remove(folder: Path) -> None:
    command = ["rm", "--recursive", "--force", "--one-file-system", "--", str(folder)]
    # what it cannot remove now is removed at the next start
    subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
