"""Looking into restore points, and taking files out of them as a stream, whether it runs or not."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import structlog
import zstandard

from app.accounts.access import Action, Principal
from app.content.finding import find, point_of
from app.content.paths import read_path, shown, write_path
from app.content.repositories import NO_KEY, Repositories
from app.content.structs import FORMATS, FileView
from app.faults import Conflict, Malformed, Missing
from app.runtime.points import Absent, EntryKind, ExportFormat, Points, Repository
from app.runtime.port import Refused, Unreachable
from app.workspaces.store import Store

_log = structlog.get_logger(__name__)
MOST = 4
"""Downloads of one person at once: each is a process on the node."""
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Download:
    """What is sent: under which name, and its pieces, the first of which is there already."""

    name: str
    pieces: AsyncGenerator[bytes, None]


class Reading:
    """Over rows and a node's points."""

    def __init__(
        self,
        store: Store,
        points: Points | None,
        repositories: Repositories,
        keep_deleted: float,
    ) -> None:
        self._store = store
        self._keep_deleted = keep_deleted
        self._points = points
        self._repositories = repositories
        self._downloads: dict[str, int] = {}

    async def browse(
        self, principal: Principal, workspace: str, point: str, text: str
    ) -> list[FileView]:
        """Return what is in a folder, folders first; raises Missing."""
        path = read_path(text)
        points, repository, _ = await self._open(principal, workspace, point)
        try:
            found = await points.browse(repository, point, path)
        except (Absent, Refused, Unreachable) as error:
            raise _told(error) from error
        below = path + b"/" if path else b""
        views = [
            FileView(
                name=shown(one.name),
                path=write_path(below + one.name),
                kind=one.kind,
                size=one.size,
                modified=one.modified,
                mode=one.mode,
                target=shown(one.target),
            )
            for one in found
        ]
        return sorted(views, key=lambda one: (one.kind is not EntryKind.FOLDER, one.name, one.path))

    async def download(
        self, principal: Principal, workspace: str, point: str, text: str, wanted: str
    ) -> Download:
        """Begin to send a file, or a folder as tar.zst or zip; raises before the first byte.

        `wanted` is file, tar.zst or zip.
        """
        path = read_path(text)
        if wanted not in FORMATS or (wanted == "file" and not path):
            raise Malformed(
                "format_unknown",
                "There is no such download",
                "A file is sent as it is (file), a folder or everything as tar.zst or zip.",
            )
        points, repository, name = await self._open(principal, workspace, point)
        self._enter(principal.user)
        try:
            pieces = points.export(repository, point, path, FORMATS[wanted])
            first = await anext(pieces, b"")
        except BaseException as error:
            self._leave(principal.user)
            if isinstance(error, Absent | Refused | Unreachable):
                raise _told(error) from error
            raise
        last = shown(path.rpartition(b"/")[2]) if path else name
        stem = last if wanted == "file" else f"{last}.{wanted}"
        whole = self._counted(principal.user, first, pieces)
        compressed = FORMATS[wanted] is ExportFormat.TAR
        return Download(stem, _compressed(whole) if compressed else whole)

    async def _open(
        self, principal: Principal, workspace: str, point: str
    ) -> tuple[Points, Repository, str]:
        async with self._store.database.read() as session:
            after = self._store.clock.now() - self._keep_deleted
            row = await find(session, principal, Action.READ_CONTENT, workspace, after)
            found = await point_of(session, row, point)
        if found.made_at is None or self._points is None:
            raise Conflict("point_not_made", "This restore point is not made yet")
        repository = await self._repositories.open(workspace)
        if repository is None:
            raise Conflict(NO_KEY.code, NO_KEY.title, NO_KEY.detail, NO_KEY.cure)
        return self._points, repository, row.name

    async def _counted(
        self, user: str, first: bytes, rest: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        try:
            yield first
            async for piece in rest:
                yield piece
        finally:
            await rest.aclose()
            self._leave(user)

    def _enter(self, user: str) -> None:
        if self._downloads.get(user, 0) >= MOST:
            raise Conflict(
                "downloads_busy",
                f"{MOST} downloads are running already",
                cure="Wait for one to end, then try again.",
            )
        self._downloads[user] = self._downloads.get(user, 0) + 1

    def _leave(self, user: str) -> None:
        left = self._downloads.get(user, 1) - 1
        if left:
            self._downloads[user] = left
        else:
            self._downloads.pop(user, None)


async def _compressed(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Compress while it streams: whoever reads slowly holds the node back, nothing is kept."""
    encoder = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
    try:
        async for piece in pieces:
            if out := encoder.compress(piece):
                yield out
        yield encoder.flush()
    finally:
        await pieces.aclose()


def _told(error: Exception) -> Missing | Conflict:
    if isinstance(error, Absent):
        return Missing(
            "path_unknown",
            "There is no such file or folder in this restore point",
            cure="Look at the folder above it.",
        )
    _log.warning("point_unreadable", detail=str(error))
    return Conflict(
        "point_unreadable",
        "The node cannot read this restore point now",
        str(error),
        "Try again in a minute; if it stays, the daemon's log says more.",
    )
