"""One restore point: from a look at the tree to the note that it counts.

A repository that turns out to be damaged is mended while the tree is here to fill it again.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from msgspec import structs

from daemon.core import content, points
from daemon.core.faults import BackupFailed, Fault, fault
from daemon.core.pointorders import BackupOrder
from daemon.core.points import Book, Point
from daemon.host.repositories import Look, Repositories
from daemon.host.restic_backup import TOPS
from daemon.host.trees import Trees
from daemon.reading import Reading

_log = structlog.get_logger(__name__)
_DAMAGED: Final = frozenset({"repository_damaged", "repository_key"})
"""What may come of a file that is not what it was."""
_UNKNOWN: Final = "backup_failed"

Told = Callable[[dict[str, Any]], None]


class Making:
    """Makes points; whoever asks holds the repository's lock."""

    def __init__(
        self, repositories: Repositories, trees: Trees, reading: Reading, check: float
    ) -> None:
        self._repositories = repositories
        self._trees = trees
        self._reading = reading
        self._check = check

    async def make(self, order: BackupOrder, told: Told) -> Point | Fault:
        """Make sure of the point; returns it, or why there is none. Raises BackupFailed."""
        async with self._trees.holding.hold(order.instance.workspace):
            return await self._make(order, told)

    async def _make(self, order: BackupOrder, told: Told) -> Point | Fault:
        workspace, repository = order.instance.workspace, order.repository
        record = self._trees.record(workspace)
        if record is None:
            return fault("content_missing", "There is no tree to make a backup of.")
        if not await asyncio.to_thread(self._trees.complete, workspace):
            # not missing: what is there still may be all that there is of it
            place = self._trees.tree(workspace).parent
            return fault("content_incomplete", f"Of {place} the files or the home are missing.")
        book = self._repositories.book(workspace)
        noted = book.points.get(order.point)
        look = await self._repositories.look(repository)
        if noted is not None and noted.verified and noted.snapshot in look.snapshots:
            return noted
        broken = fault("repository_damaged")
        if not book.damaged:
            try:
                if not look.exists:  # whatever is noted is of another place
                    await self._repositories.start(repository)
                    book = Book()
                    await asyncio.to_thread(self._repositories.keep_verified, workspace, [])
                return await self._take(order, told, record, book, look)
            except BackupFailed as error:
                if error.fault.code not in _DAMAGED:
                    raise await self._unknown(workspace, book, error) from error
                broken = error.fault
        _log.warning("repository_damaged", workspace=workspace, detail=broken.detail)
        return await self._mend(order, told, record, book, broken)

    async def _take(
        self, order: BackupOrder, told: Told, record: content.Record, book: Book, look: Look
    ) -> Point | Fault:
        last = book.points.get(book.newest)
        current = last is not None and last.verified and last.snapshot in look.snapshots
        verified, now = self._repositories.verified(order.instance.workspace), time.time()
        rest = points.reread(book, verified, self._check, now)
        if rest is not None:
            book = structs.replace(book, checked=now, turn=book.turn + 1)
        answer = await self._back_up(
            order,
            told,
            record,
            parent=last.snapshot if last is not None else "",
            fingerprint=book.fingerprint if current and not order.always else "",
            verified=verified if rest is None else rest,
            reread=rest is not None,
            pruned=book.pruning,
            doubts=points.doubt_in(book, now) == 0,
        )
        if answer["unchanged"] and last is not None:
            if rest is not None:
                await asyncio.to_thread(self._checked, order, book, answer["verified"])
            return last
        there = points.points_of(msgspec.json.encode(answer["snapshots"]), book.points)
        vanished = set(book.points) - {one.point for one in there}
        if vanished and not book.pruning:  # restic leaves out what it cannot read
            raise BackupFailed(fault("repository_damaged", f"not listed: {sorted(vanished)}"))
        return await asyncio.to_thread(self._note, order, book, answer)

    async def _unknown(self, workspace: str, book: Book, error: BackupFailed) -> BackupFailed:
        """Return what is told; of a failure that nobody knows, when all is read again.

        It was read this time, unless it had been not long ago.
        """
        if error.fault.code != _UNKNOWN:
            return error
        now = time.time()
        if points.doubt_in(book, now) == 0:
            book = structs.replace(book, doubted=book.doubted + 1, doubted_at=now)
            await asyncio.to_thread(self._repositories.keep_book, workspace, book)
        hours = points.doubt_in(book, now) / 3600
        told = f"All that is stored was read and is whole; again in {hours:.1f} h at the soonest."
        return BackupFailed(fault(_UNKNOWN, f"{error.fault.detail} {told}"))

    async def _mend(
        self, order: BackupOrder, told: Told, record: content.Record, book: Book, broken: Fault
    ) -> Point | Fault:
        """Mend what can be, make a point from every file of the tree, and note what is lost.

        That it is to be done is noted until it is: it may be cut at any moment.
        """
        workspace, repository = order.instance.workspace, order.repository
        if broken.code == "repository_damaged":
            await asyncio.to_thread(self._repositories.doubt, workspace)
        try:
            mended = await self._reading.run(
                "repair", repository, told, writes=True, idle=_idles(record)
            )
        except BackupFailed as error:
            failed = broken if error.fault.code in _DAMAGED else error.fault
            raise BackupFailed(failed) from error
        _log.warning("repository_mended", workspace=workspace, set_aside=mended["damaged"])
        answer = await self._back_up(
            order, told, record, parent="", fingerprint="", anew=True, verified=mended["verified"]
        )
        found = await self._reading.run("unreadable", repository, idle=_idles(record))
        broken_ids = set(found["unreadable"])
        there = points.points_of(msgspec.json.encode(answer["snapshots"]), book.points)
        whole = {one.point for one in there if one.snapshot not in broken_ids}
        if order.point not in whole:
            return broken
        lost = {*book.points, *(one.point for one in there), *book.lacking} - whole
        book = structs.replace(book, lacking=sorted(lost))
        return await asyncio.to_thread(self._note, order, book, answer)

    async def _back_up(
        self, order: BackupOrder, told: Told, record: content.Record, **words: object
    ) -> dict[str, Any]:
        workspace = order.instance.workspace
        return await self._reading.run(
            "backup",
            order.repository,
            told,
            writes=True,
            idle=_idles(record),
            tree=self._shown(workspace),
            point=order.point,
            tags=points.tags_of(order.point, str(order.instance), left=order.left),
            excludes=order.excludes,
            record=msgspec.to_builtins(record),
            **words,
        )

    def _checked(self, order: BackupOrder, book: Book, verified: list[str]) -> None:
        self._repositories.keep_verified(order.instance.workspace, verified)
        self._repositories.keep_book(order.instance.workspace, book)

    def _shown(self, workspace: str) -> dict[str, Any]:
        shown = (self._trees.view(workspace), str(self._trees.home(workspace)))
        return dict(zip(TOPS, shown, strict=True))

    def _note(self, order: BackupOrder, book: Book, answer: dict[str, Any]) -> Point | Fault:
        """Keep what a backup has told; the point counts from here on."""
        workspace = order.instance.workspace
        found = points.points_of(msgspec.json.encode(answer["snapshots"]), book.points)
        made = next((one for one in found if one.point == order.point), None)
        if made is None:
            return fault("backup_failed", "restic does not list the snapshot that it has made.")
        summary = answer["summary"]
        made = structs.replace(
            made,
            verified=True,
            files_new=summary.get("files_new", 0),
            files_changed=summary.get("files_changed", 0),
            added=summary.get("data_added", 0),
        )
        self._repositories.keep_verified(workspace, answer["verified"])
        known = {one.point: one for one in found} | {made.point: made}
        kept = structs.replace(
            book,
            points=known,
            fingerprint=answer["fingerprint"],
            newest=made.point,
            damaged=False,
            pruning=False,
            doubted=0,
        )
        self._repositories.keep_book(workspace, kept)
        return made


def _idles(record: content.Record) -> bool:
    """Tell whether somebody works in the tree, who goes first."""
    return record.state() is content.State.READY
