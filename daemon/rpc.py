"""The gRPC face of the node: messages in, messages out, exceptions as status codes.

A fenced caller gets FAILED_PRECONDITION, one whose request does not parse
INVALID_ARGUMENT, a discard while the container lives ABORTED.
"""

from collections.abc import AsyncIterator, Collection
from typing import Any

from grpc import aio

from daemon.core import container, content, frozen, images, orders, points
from daemon.core.credentials import Credentials
from daemon.hub import Change
from daemon.node import Node
from daemon.rpc_holdings import HoldingsService
from daemon.rpc_messages import answer, backup_of, container_of, content_of, frozen_of, image_of
from daemon.rpc_points import PointsService
from daemon.rpc_snapshots import SnapshotsService
from wire.ids import InstanceId
from wire.nodelink import OLDEST, SPOKEN
from wire.proto import node_pb2 as pb
from wire.proto import node_pb2_grpc


class NodeService(PointsService, SnapshotsService, HoldingsService, node_pb2_grpc.NodeServicer):
    """Answers the calls of `wire/proto/node.proto`."""

    def __init__(self, node: Node, name: str, without_containers: Collection[str] = ()) -> None:
        super().__init__(node)
        self._name = name
        self._without_containers = without_containers

    async def Info(self, _request: pb.InfoRequest, _context: Any) -> pb.InfoReply:
        runtime = self._node.site.runtime
        return pb.InfoReply(
            node=self._name,
            runtime="" if runtime is None else runtime.version,
            boot=self._node.boot,
            limits=self._node.site.limits(),
            protocol=SPOKEN,
            oldest=OLDEST,
        )

    async def Prepare(self, request: pb.PrepareRequest, context: Any) -> pb.Content:
        async def call() -> pb.Content:
            order = orders.prepare_order(
                request.instance,
                fresh=request.fresh,
                url=request.url,
                ref=request.ref,
                image=request.image,
                folder=request.folder,
                place=request.place,
                path=request.path,
                credentials=Credentials(
                    request.credentials.username,
                    request.credentials.password,
                    request.credentials.ssh_key,
                    tuple(request.credentials.known_hosts),
                ),
                partial=request.partial,
                left=request.left,
                workspace_class=request.workspace_class,
                snapshot=request.snapshot,
                prebuild=request.prebuild,
                downloads=[(one.url, one.path, one.digest) for one in request.downloads],
            )
            return content_of(await self._node.prepare(order))

        return await answer(call(), context)

    async def Fetch(self, request: pb.FetchRequest, context: Any) -> pb.Image:
        async def call() -> pb.Image:
            order = orders.fetch_order(request.instance, image=request.image, source=request.source)
            return image_of(await self._node.fetch(order))

        return await answer(call(), context)

    async def Apply(self, request: pb.ApplyRequest, context: Any) -> pb.Container:
        async def call() -> pb.Container:
            order = orders.apply_order(
                request.instance,
                image=request.image,
                supervisor=request.supervisor,
                ide=request.ide,
                workspace_class=request.workspace_class,
                token=request.token,
                jupyterlab=request.jupyterlab,
                kind=request.kind,
                base=request.base,
                without_containers=self._without_containers,
            )
            return container_of(await self._node.apply(order))

        return await answer(call(), context)

    async def Delete(self, request: pb.DeleteRequest, context: Any) -> pb.Container:
        async def call() -> pb.Container:
            instance = orders.instance_of(request.instance)
            return container_of(await self._node.delete(instance, orders.grace_of(request.grace)))

        return await answer(call(), context)

    async def Seal(self, request: pb.SealRequest, context: Any) -> pb.Content:
        async def call() -> pb.Content:
            return content_of(await self._node.seal(orders.instance_of(request.instance)))

        return await answer(call(), context)

    async def Discard(self, request: pb.DiscardRequest, context: Any) -> pb.DiscardReply:
        async def call() -> pb.DiscardReply:
            instance = InstanceId(orders.workspace_of(request.workspace), max(request.n, 1))
            return pb.DiscardReply(freed_bytes=await self._node.discard(instance))

        return await answer(call(), context)

    async def Look(self, request: pb.LookRequest, context: Any) -> pb.LookReply:
        async def call() -> pb.LookReply:
            order = orders.look_order(request.instance, request.revision, request.paths)
            found = await self._node.look(order)
            return pb.LookReply(
                entries=[pb.Looked(id=one.id, folder=one.folder, text=one.text) for one in found]
            )

        return await answer(call(), context)

    async def Hold(self, request: pb.HoldRequest, _context: Any) -> pb.HoldReply:
        lease = self._node.lease
        boot, now, free = lease.hold(request.boot, request.until)
        return pb.HoldReply(boot=boot, now=now, free_bytes=free, until=lease.until)

    async def List(self, _request: pb.ListRequest, _context: Any) -> pb.ListReply:
        return _list(self._node.everything())

    async def Watch(self, _request: pb.WatchRequest, _context: Any) -> AsyncIterator[pb.WatchReply]:
        first = True
        async for changes in self._node.watch():
            if first:
                yield pb.WatchReply(all=_list(changes))
                first = False
                continue
            for change in changes:
                match change:
                    case container.Status():
                        yield pb.WatchReply(container=container_of(change))
                    case content.Status():
                        yield pb.WatchReply(content=content_of(change))
                    case images.Status():
                        yield pb.WatchReply(image=image_of(change))
                    case points.Status():
                        yield pb.WatchReply(backup=backup_of(change))
                    case frozen.Status():
                        yield pb.WatchReply(frozen=frozen_of(change))

    def join(self, server: aio.Server) -> None:
        """Answer what comes to a server."""
        node_pb2_grpc.add_NodeServicer_to_server(self, server)  # type: ignore[no-untyped-call] # generated


async def serve(service: NodeService, path: str) -> aio.Server:
    """Start gRPC on a unix socket that only root can reach."""
    server = aio.server()
    service.join(server)
    server.add_insecure_port(f"unix:{path}")
    await server.start()
    return server


def _list(changes: list[Change]) -> pb.ListReply:
    return pb.ListReply(
        containers=[container_of(one) for one in changes if isinstance(one, container.Status)],
        contents=[content_of(one) for one in changes if isinstance(one, content.Status)],
        images=[image_of(one) for one in changes if isinstance(one, images.Status)],
        backups=[backup_of(one) for one in changes if isinstance(one, points.Status)],
        frozen=[frozen_of(one) for one in changes if isinstance(one, frozen.Status)],
    )
