"""Calls to a workspace daemon about restore points."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from grpc import aio
from msgspec import Struct

from app.nodes.client import CALL_TIMEOUT, CONTENT_TIMEOUT, NodeClient, answered, plain
from app.nodes.messages import NodeContent, NodeFault, content_of, fault_of, word
from wire.proto import node_pb2


class NodePoint(Struct, frozen=True, kw_only=True):
    """A restore point as the daemon sees it."""

    point: str
    time: float
    left: bool
    files: int
    size: int
    files_new: int
    files_changed: int
    added: int


class NodeBackup(Struct, frozen=True, kw_only=True):
    """A backup as the daemon sees it."""

    point: str
    state: str
    progress: str
    done: int
    total: int
    fault: NodeFault | None
    took: float
    made: NodePoint | None
    lacking: list[str]


class NodeEntry(Struct, frozen=True, kw_only=True):
    """What is in a folder of a restore point."""

    name: bytes
    kind: str
    size: int
    modified: float
    mode: int
    target: bytes


class PointsClient:
    """Restore points of one daemon, over its client's connection."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def sight(self) -> tuple[list[NodeBackup], list[NodeContent]]:
        """Return backups, and trees."""
        request = node_pb2.ListRequest()
        reply = await answered(self._client.stub.List(request, timeout=CALL_TIMEOUT))
        return [backup_of(one) for one in reply.backups], [
            content_of(one) for one in reply.contents
        ]

    async def watch(self) -> AsyncGenerator[None, None]:
        """Yield at first and whenever a backup or a restore has moved, until the link is cut."""
        async with aclosing(self._client.replies()) as replies:
            async for reply in replies:
                item = reply.WhichOneof("item")
                if item in {"all", "backup"} or (item == "content" and reply.content.restored):
                    yield

    async def backup(
        self,
        instance: str,
        point: str,
        key: bytes,
        excludes: Sequence[str],
        *,
        always: bool,
        left: bool = False,
    ) -> NodeBackup:
        """Make sure that a restore point is there."""
        request = node_pb2.BackupRequest(
            instance=instance, point=point, key=key, excludes=excludes, always=always, left=left
        )
        return backup_of(await answered(self._client.stub.Backup(request, timeout=CALL_TIMEOUT)))

    async def listed(self, workspace: str, key: bytes) -> list[NodePoint]:
        """Return the points of a repository, oldest first."""
        request = node_pb2.PointsRequest(
            repository=node_pb2.Repository(workspace=workspace, key=key)
        )
        reply = await answered(self._client.stub.Points(request, timeout=CONTENT_TIMEOUT))
        return [point_of(one) for one in reply.points]

    async def browse(self, workspace: str, key: bytes, point: str, path: bytes) -> list[NodeEntry]:
        """Return what is in a folder."""
        request = node_pb2.BrowseRequest(
            repository=node_pb2.Repository(workspace=workspace, key=key), point=point, path=path
        )
        reply = await answered(self._client.stub.Browse(request, timeout=CONTENT_TIMEOUT))
        return [entry_of(one) for one in reply.entries]

    async def export(
        self, workspace: str, key: bytes, point: str, path: bytes, wanted: str
    ) -> AsyncGenerator[bytes, None]:
        """Yield a file or an archive; the node waits for whoever takes it."""
        request = node_pb2.ExportRequest(
            repository=node_pb2.Repository(workspace=workspace, key=key),
            point=point,
            path=path,
            format=f"EXPORT_{wanted.upper()}",
        )
        await self._client.greeted()
        call = self._client.stub.Export(request)
        try:
            async for chunk in call:
                yield chunk.data
        except aio.AioRpcError as error:
            raise plain(error) from error
        finally:
            call.cancel()

    async def restore(
        self, instance: str, restore: str, workspace: str, key: bytes, point: str
    ) -> NodeContent:
        """Make sure that a tree is what a restore point holds."""
        request = node_pb2.RestoreRequest(
            instance=instance,
            restore=restore,
            repository=node_pb2.Repository(workspace=workspace, key=key),
            point=point,
        )
        return content_of(await answered(self._client.stub.Restore(request, timeout=CALL_TIMEOUT)))

    async def forget(self, workspace: str, key: bytes, points: Sequence[str]) -> int:
        """Make sure that restore points are gone; returns bytes."""
        request = node_pb2.ForgetRequest(
            repository=node_pb2.Repository(workspace=workspace, key=key), points=points
        )
        reply = await answered(self._client.stub.Forget(request, timeout=CONTENT_TIMEOUT))
        return int(reply.freed_bytes)

    async def drop(self, workspace: str, n: int) -> int:
        """Make sure that a repository is gone; returns bytes."""
        request = node_pb2.DropRequest(workspace=workspace, n=n)
        reply = await answered(self._client.stub.Drop(request, timeout=CONTENT_TIMEOUT))
        return int(reply.freed_bytes)


def backup_of(message: node_pb2.Backup) -> NodeBackup:
    """Read a backup."""
    return NodeBackup(
        point=message.point,
        state=word(node_pb2.BackupState.Name(message.state), "BACKUP_"),
        progress=message.progress.text,
        done=message.progress.bytes,
        total=message.progress.total,
        fault=fault_of(message.fault) if message.HasField("fault") else None,
        took=message.took,
        made=point_of(message.made) if message.HasField("made") else None,
        lacking=list(message.lacking),
    )


def entry_of(message: node_pb2.Entry) -> NodeEntry:
    """Read an entry of a folder."""
    return NodeEntry(
        name=message.name,
        kind=word(node_pb2.EntryKind.Name(message.kind), "ENTRY_"),
        size=message.size,
        modified=message.modified,
        mode=message.mode,
        target=message.target,
    )


def point_of(message: node_pb2.Point) -> NodePoint:
    """Read a restore point."""
    return NodePoint(
        point=message.point,
        time=message.time,
        left=message.left,
        files=message.files,
        size=message.bytes,
        files_new=message.files_new,
        files_changed=message.files_changed,
        added=message.added,
    )
