"""Repositories of a node: `backups/<workspace>/{repository,points.json,verified}`.

Where they are in an object store, `here` is in the place of `repository`: nothing but folders
whose locks say who is at it.

A repository begins beside its place and is renamed into it, so there is a whole one or none;
what is noted beside it may be lost at any time, and is then found out again. Parents are
root's alone; the repository belongs to the user that restic runs as.
"""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import structs

from daemon.core.oci import cgroup_path
from daemon.core.pointorders import Repository
from daemon.core.points import Book
from daemon.host import files, marks
from daemon.host.ballast import Ballast
from daemon.host.restic import Restic
from daemon.host.restic_box import USER
from daemon.host.restic_remote import Remote
from kit.folders import sync_folder
from wire.ids import is_workspace_id
from wire.layout import Layout

_REPOSITORY: Final = "repository"
_HERE: Final = "here"
_NEW: Final = "repository.new"
_BOOK: Final = "points.json"
_VERIFIED: Final = "verified"
_GROUP: Final = "backups"
_TRASH: Final = ".trash-"
_HASH: Final = re.compile(r"[0-9a-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """What there is of a repository."""

    exists: bool = False
    snapshots: frozenset[str] = frozenset()
    size: int = 0
    """Bytes that it takes."""


class Repositories:
    """The backups folder of this node; methods that are not async block on the disk."""

    def __init__(self, root: Path, restic: Restic) -> None:
        self._root = root
        self.restic = restic
        self.ballast = Ballast(root / ".ballast")

    @classmethod
    def opened(
        cls,
        layout: Layout,
        stage: Path,
        remote: Remote | None = None,
        former: str | None = None,
    ) -> "Repositories":
        """Return those of an installation, with what a crash has interrupted finished.

        `former`: as `Restic` has it.
        """
        # one that goes with the data folder: two nodes on two machines may have one tag
        own = (files.read_whole(Path(layout.content) / marks.MARK) or layout.tag).strip()
        group = cgroup_path(layout.tag, _GROUP)
        restic = Restic(stage, group, remote, node=f"podium-{own[:32]}", former=former)
        found = cls(Path(layout.backups), restic)
        found.open()
        return found

    def open(self) -> None:
        """Make the folder, and finish what a crash has interrupted."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        for leftover in self._root.glob(f"{_TRASH}*"):
            shutil.rmtree(leftover)
        self.ballast.keep()

    def folder(self, workspace: str) -> Path:
        """Return where the workspace's repository is, or would be; else where its locks are."""
        return self._root / workspace / (_HERE if self.restic.remote else _REPOSITORY)

    async def look(self, repository: Repository) -> Look:
        """Return what there is. Raises BackupFailed."""
        workspace = repository.workspace
        if self.restic.remote is None:
            return await asyncio.to_thread(self._look, workspace)
        await asyncio.to_thread(self._make_here, workspace)
        answer = await self.restic.run("look", repository, self.folder(workspace), _nothing)
        return Look(answer["exists"], frozenset(answer["snapshots"]), answer["size"])

    def _look(self, workspace: str) -> Look:
        folder = self.folder(workspace)
        if not folder.is_dir():
            return Look()
        return Look(exists=True, snapshots=self.listed(workspace), size=self.size(workspace))

    def _make_here(self, workspace: str) -> None:
        folder = self.folder(workspace)
        (folder / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in (folder, folder / "data"):
            os.chown(one, USER, USER)

    def place(self, workspace: str) -> Path:
        """Return the folder of all that is noted here of a workspace's points."""
        return self._root / workspace

    def book_file(self, workspace: str) -> Path:
        """Return where what is noted of the repository is, or would be."""
        return self._root / workspace / _BOOK

    def workspaces(self) -> list[str]:
        """Return the workspaces that have something here."""
        return sorted(one.name for one in self._root.iterdir() if is_workspace_id(one.name))

    async def start(self, repository: Repository) -> None:
        """Make sure that there is a repository. Raises BackupFailed or OSError."""
        place = self.folder(repository.workspace)
        if self.restic.remote is not None:
            await asyncio.to_thread(self._make_here, repository.workspace)
            await self.restic.run("start", repository, place, _nothing, writes=True)
            return
        if place.is_dir():
            return
        fresh = place.with_name(_NEW)
        await asyncio.to_thread(_make_anew, fresh)
        await self.restic.run("start", repository, fresh, _nothing, writes=True)
        await asyncio.to_thread(self._put, fresh, place)

    def _put(self, fresh: Path, place: Path) -> None:
        files.sync_tree(fresh)
        fresh.rename(place)
        sync_folder(place.parent)
        sync_folder(self._root)

    def listed(self, workspace: str) -> frozenset[str]:
        """Return the ids of the snapshots that there are on this disk."""
        folder = self.folder(workspace) / "snapshots"
        return frozenset(one.name for one in folder.iterdir()) if folder.is_dir() else frozenset()

    def book(self, workspace: str) -> Book:
        """Return what is noted of the repository; nothing when that is damaged."""
        try:
            text = files.read_whole(self._root / workspace / _BOOK)
            return Book() if text is None else msgspec.json.decode(text, type=Book)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Book()

    def keep_book(self, workspace: str, book: Book) -> None:
        """Note it."""
        files.write_whole(self._root / workspace / _BOOK, msgspec.json.encode(book).decode())

    def doubt(self, workspace: str) -> None:
        """Note that something of it is damaged; the next backup mends it."""
        self.keep_book(workspace, structs.replace(self.book(workspace), damaged=True))

    def verified(self, workspace: str) -> list[str]:
        """Return the names of files of the repository that were read back; none when damaged."""
        try:
            names = (files.read_whole(self._root / workspace / _VERIFIED) or "").split()
        except UnicodeDecodeError:
            return []
        return names if all(map(_HASH.fullmatch, names)) else []

    def keep_verified(self, workspace: str, names: list[str]) -> None:
        """Note them."""
        files.write_whole(self._root / workspace / _VERIFIED, "\n".join(names))

    def size(self, workspace: str) -> int:
        """Return the bytes that the repository takes on this disk."""
        folder = self.folder(workspace)
        return files.used_bytes(folder) if folder.is_dir() else 0

    async def drop(self, workspace: str) -> int:
        """Remove it for good and return the bytes freed; absent is fine. Raises BackupFailed."""
        freed = 0
        if self.restic.remote is not None:
            repository = Repository(workspace, "")  # nothing is read, so no key is needed
            await asyncio.to_thread(self._make_here, workspace)
            answer = await self.restic.run("drop", repository, self.folder(workspace), _nothing)
            freed = answer["freed"]
        return freed + await asyncio.to_thread(self.drop_here, workspace)

    def drop_here(self, workspace: str) -> int:
        """Remove what is on this disk; returns the bytes."""
        folder = self._root / workspace
        if not folder.exists():
            return 0
        freed = files.used_bytes(folder)
        trash = folder.with_name(f"{_TRASH}{workspace}")
        if trash.exists():
            shutil.rmtree(trash)
        folder.rename(trash)
        sync_folder(self._root)
        shutil.rmtree(trash)
        return freed


def _make_anew(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700)
    os.chown(folder, USER, USER)


def _nothing(_line: object) -> None:
    pass
