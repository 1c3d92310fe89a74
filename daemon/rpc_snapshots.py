"""The calls of the node about snapshots."""

from typing import Any

from daemon.core import pointorders
from daemon.node import Node
from daemon.rpc_messages import answer, frozen_of
from wire.proto import node_pb2 as pb


class SnapshotsService:
    """Answers what is asked about frozen trees."""

    _node: Node

    async def Freeze(self, request: pb.FreezeRequest, context: Any) -> pb.Frozen:
        async def call() -> pb.Frozen:
            order = pointorders.freeze_order(request.instance, request.snapshot)
            return frozen_of(await self._node.freeze(order))

        return await answer(call(), context)

    async def LetGo(self, request: pb.LetGoRequest, context: Any) -> pb.LetGoReply:
        async def call() -> pb.LetGoReply:
            snapshot = pointorders.point_of(request.snapshot, "snapshot")
            return pb.LetGoReply(freed_bytes=await self._node.snapshots.let_go(snapshot))

        return await answer(call(), context)
