"""Points of one machine: the workspace daemon behind the port."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager

from msgspec import structs

from app.nodes.client import NodeRefused
from app.nodes.points import NodeBackup, PointsClient
from app.runtime.node import content, problem, translated
from app.runtime.points import (
    Absent,
    BackupState,
    BackupStatus,
    Entry,
    EntryKind,
    ExportFormat,
    Made,
    Repository,
    Sighting,
)
from app.runtime.port import ContentStatus
from wire.ids import InstanceId


class NodePoints:
    """Restore points over one daemon's client."""

    def __init__(self, client: PointsClient) -> None:
        self._client = client

    async def sight(self) -> Sighting:
        with translated():
            backups, contents = await self._client.sight()
            return Sighting([status_of(one) for one in backups], [content(one) for one in contents])

    async def watch(self) -> AsyncGenerator[None, None]:
        with translated():
            async with aclosing(self._client.watch()) as moves:
                async for _ in moves:
                    yield

    async def backup(
        self,
        instance: InstanceId,
        point: str,
        key: bytes,
        *,
        excludes: Sequence[str] = (),
        always: bool = False,
        left: bool = False,
    ) -> BackupStatus:
        with translated():
            return status_of(
                await self._client.backup(
                    str(instance), point, key, excludes, always=always, left=left
                )
            )

    async def listed(self, repository: Repository) -> list[Made]:
        with translated():
            found = await self._client.listed(repository.workspace, repository.key)
        return [Made(**structs.asdict(one)) for one in found]

    async def browse(self, repository: Repository, point: str, path: bytes) -> list[Entry]:
        with translated(), _found():
            found = await self._client.browse(repository.workspace, repository.key, point, path)
        return [
            Entry(
                name=one.name,
                kind=EntryKind(one.kind),
                size=one.size,
                modified=one.modified,
                mode=one.mode,
                target=one.target,
            )
            for one in found
        ]

    async def export(
        self, repository: Repository, point: str, path: bytes, wanted: ExportFormat
    ) -> AsyncGenerator[bytes, None]:
        pieces = self._client.export(
            repository.workspace, repository.key, point, path, wanted.value
        )
        with translated(), _found():
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece

    async def restore(
        self, instance: InstanceId, restore: str, repository: Repository, point: str
    ) -> ContentStatus:
        with translated():
            return content(
                await self._client.restore(
                    str(instance), restore, repository.workspace, repository.key, point
                )
            )

    async def forget(self, repository: Repository, points: Sequence[str]) -> int:
        with translated():
            return await self._client.forget(repository.workspace, repository.key, points)

    async def drop(self, workspace: str, n: int) -> int:
        with translated():
            return await self._client.drop(workspace, n)


def status_of(one: NodeBackup) -> BackupStatus:
    """Return a backup as the port has it."""
    return BackupStatus(
        point=one.point,
        state=BackupState(one.state),
        progress=one.progress,
        done=one.done,
        total=one.total,
        problem=problem(one.fault),
        took=one.took,
        made=None if one.made is None else Made(**structs.asdict(one.made)),
        lacking=one.lacking,
    )


@contextmanager
def _found() -> Iterator[None]:
    """Raise Absent for what the daemon does not find."""
    try:
        yield
    except NodeRefused as error:
        if error.code == "not_found":
            raise Absent(error.detail) from error
        raise
