"""Looks what lies on this node's disk, whoever asks for it or nobody.

What cannot be read (a damaged record, a broken disk) is told without what it would have said:
nobody concludes from it that there is nothing.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from daemon.core.holdings import Holding, Kind
from daemon.host import files
from daemon.host.repositories import Repositories
from daemon.host.trees import Trees

_T = TypeVar("_T")


class Holdings:
    """Over trees and repositories; every method blocks on the disk."""

    def __init__(self, trees: Trees, repositories: Repositories) -> None:
        self._trees = trees
        self._repositories = repositories

    def all(self, measured: Collection[str] = ()) -> list[Holding]:
        """Return everything; the bytes of those `measured` by name are counted."""
        return [*self._of_trees(measured), *self._of_points(measured), *self._of_frozen(measured)]

    def _of_trees(self, measured: Collection[str]) -> Iterator[Holding]:
        trees = self._trees
        for name in trees.workspaces():
            place = trees.place(name)
            record = _read(partial(trees.record, name))
            bytes_of = trees.disks.used_bytes if trees.disks.has(name) else _in(place)
            yield Holding(
                kind=Kind.TREE,
                name=name,
                place=str(place),
                touched=_touched(trees.record_file(name), place),
                highest=self._highest(name),
                folder="" if record is None else record.folder,
                branch="" if record is None else record.branch,
                revision="" if record is None else record.revision,
                bytes=_bytes(bytes_of, name) if name in measured else 0,
            )

    def _of_points(self, measured: Collection[str]) -> Iterator[Holding]:
        for name in self._repositories.workspaces():
            place = self._repositories.place(name)
            yield Holding(
                kind=Kind.POINTS,
                name=name,
                place=str(place),
                touched=_touched(self._repositories.book_file(name), place),
                highest=self._highest(name),
                bytes=_bytes(_in(place), name) if name in measured else 0,
            )

    def _of_frozen(self, measured: Collection[str]) -> Iterator[Holding]:
        frozen = self._trees.frozen
        for name in frozen.names():
            place = frozen.tree(name).parent
            record = _read(partial(frozen.record, name))
            yield Holding(
                kind=Kind.FROZEN,
                name=name,
                place=str(place),
                touched=_touched(place / "frozen.json", place),
                folder="" if record is None else record.folder,
                branch="" if record is None else record.branch,
                revision="" if record is None else record.revision,
                bytes=_bytes(_in(place), name) if name in measured else 0,
            )

    def _highest(self, workspace: str) -> int:
        fence = _read(partial(self._trees.fence, workspace))
        return 0 if fence is None else fence.highest


def _in(place: Path) -> Callable[[str], int]:
    return lambda _name: files.used_bytes(place)


def _read(look: Callable[[], _T]) -> _T | None:
    try:
        return look()
    except (OSError, ValueError, msgspec.DecodeError):
        return None


def _bytes(count: Callable[[str], int], name: str) -> int:
    return _read(partial(count, name)) or 0


def _touched(*paths: Path) -> float:
    """Return the newest time of those that are there; 0 when none is."""
    found = (_read(one.lstat) for one in paths)
    return max((one.st_mtime for one in found if one is not None), default=0.0)
