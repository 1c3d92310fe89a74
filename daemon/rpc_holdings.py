"""The call about what lies on the node's disk."""

import asyncio
from typing import Any

from daemon.core.holdings import Holding
from daemon.node import Node
from wire.proto import node_pb2 as pb


class HoldingsService:
    """Tells what there is, also of what nobody asks for."""

    _node: Node

    async def Holdings(self, request: pb.HoldingsRequest, _context: Any) -> pb.HoldingsReply:
        measured = frozenset(request.measured)
        found = await asyncio.to_thread(self._node.holdings.all, measured)
        return pb.HoldingsReply(holdings=[_message(one) for one in found])


def _message(one: Holding) -> pb.Holding:
    return pb.Holding(
        kind=f"HOLDING_{one.kind.name}",
        name=one.name,
        place=one.place,
        touched=one.touched,
        highest=one.highest,
        folder=one.folder,
        branch=one.branch,
        revision=one.revision,
        bytes=one.bytes,
    )
