"""The calls of the node about restore points."""

from collections.abc import AsyncIterator
from typing import Any, Final

from daemon.core import orders, pointorders
from daemon.core.faults import BackupFailed
from daemon.core.points import seconds_of
from daemon.core.refused import Refused
from daemon.host.survey import unspell
from daemon.node import Node
from daemon.rpc_messages import answer, backup_of, content_of, point_of
from wire.ids import InstanceId
from wire.proto import node_pb2 as pb

_KINDS: Final = {"file": pb.ENTRY_FILE, "dir": pb.ENTRY_FOLDER, "symlink": pb.ENTRY_LINK}
_ARCHIVES: Final = {pb.EXPORT_FILE: "", pb.EXPORT_TAR: "tar", pb.EXPORT_ZIP: "zip"}


class PointsService:
    """Answers what is asked about repositories."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def Backup(self, request: pb.BackupRequest, context: Any) -> pb.Backup:
        async def call() -> pb.Backup:
            order = pointorders.backup_order(
                request.instance,
                point=request.point,
                key=request.key,
                excludes=request.excludes,
                always=request.always,
                left=request.left,
            )
            return backup_of(await self._node.backup(order))

        return await answer(call(), context)

    async def Points(self, request: pb.PointsRequest, context: Any) -> pb.PointsReply:
        async def call() -> pb.PointsReply:
            found, size = await self._node.backups.reading.points(_repository(request.repository))
            return pb.PointsReply(points=[point_of(one) for one in found], size=size)

        return await answer(call(), context)

    async def Browse(self, request: pb.BrowseRequest, context: Any) -> pb.BrowseReply:
        async def call() -> pb.BrowseReply:
            repository, point = _repository(request.repository), pointorders.point_of(request.point)
            path = pointorders.path_of(request.path)
            found = await self._node.backups.reading.browse(repository, point, path)
            return pb.BrowseReply(entries=[_entry(one) for one in found])

        return await answer(call(), context)

    async def Export(
        self, request: pb.ExportRequest, context: Any
    ) -> AsyncIterator[pb.ExportChunk]:
        async def call() -> AsyncIterator[bytes]:
            if request.format not in _ARCHIVES:
                raise Refused("format is not known")
            return self._node.backups.reading.export(
                _repository(request.repository),
                pointorders.point_of(request.point),
                pointorders.path_of(request.path),
                _ARCHIVES[request.format],
            )

        chunks = await answer(call(), context)
        try:
            async for chunk in chunks:
                yield pb.ExportChunk(data=chunk)
        except BackupFailed as error:
            await answer(_raise(error), context)

    async def Restore(self, request: pb.RestoreRequest, context: Any) -> pb.Content:
        async def call() -> pb.Content:
            order = pointorders.restore_order(
                request.instance,
                restore=request.restore,
                repository=_repository(request.repository),
                point=request.point,
            )
            return content_of(await self._node.restore(order))

        return await answer(call(), context)

    async def Forget(self, request: pb.ForgetRequest, context: Any) -> pb.ForgetReply:
        async def call() -> pb.ForgetReply:
            repository = _repository(request.repository)
            names = pointorders.points_of(request.points)
            freed = await self._node.backups.forget(repository, names)
            return pb.ForgetReply(freed_bytes=freed)

        return await answer(call(), context)

    async def Drop(self, request: pb.DropRequest, context: Any) -> pb.DropReply:
        async def call() -> pb.DropReply:
            instance = InstanceId(orders.workspace_of(request.workspace), max(request.n, 1))
            return pb.DropReply(freed_bytes=await self._node.drop(instance))

        return await answer(call(), context)


async def _raise(error: BackupFailed) -> None:
    raise error


def _repository(message: pb.Repository) -> pointorders.Repository:
    return pointorders.repository_of(message.workspace, message.key)


def _entry(said: dict[str, Any]) -> pb.Entry:
    return pb.Entry(
        name=unspell(said["name"]),
        kind=_KINDS.get(said["type"], pb.ENTRY_OTHER),
        size=said["size"],
        modified=seconds_of(said["mtime"]),
        mode=said["mode"],
        target=said["target"].encode(),
    )
