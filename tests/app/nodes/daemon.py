"""A small gRPC server that answers as a workspace daemon would, for tests of the client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from grpc import aio

from app.nodes.client import NodeClient, NodeUnreachable
from daemon import link
from kit.linkcerts import LinkCerts
from tests.waiting import until
from wire.nodelink import OLDEST, SPOKEN
from wire.proto import node_pb2 as pb
from wire.proto import node_pb2_grpc

ONE = "amber-otter-0000000000.1"


class Daemon(node_pb2_grpc.NodeServicer):
    """Notes requests, and answers each call in one fixed way or with a failure."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.failure: tuple[grpc.StatusCode, str] | None = None
        self.backs_up = False
        self.holds = False
        """Whether a watch stays open when everything has been told."""
        self.answers = asyncio.Event()
        """What Seal waits for."""
        self.answers.set()
        self.gave_up = asyncio.Event()
        """Whoever waited for Seal is gone."""
        self.info = pb.InfoReply(node="a", protocol=SPOKEN, oldest=OLDEST)

    async def _answer(self, request: Any, context: Any, reply: Any) -> Any:
        self.requests.append(request)
        if self.failure is not None:
            await context.abort(*self.failure)
        return reply

    async def Info(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC
        return self.info

    async def Prepare(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        progress = pb.Progress(text="43 %", bytes=1)
        reply = pb.Content(instance=ONE, state=pb.CONTENT_WORKING, progress=progress)
        return await self._answer(request, context, reply)

    async def Fetch(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        fault = pb.Fault(code="image_unknown", title="None", detail="no tag", cure="Look")
        reply = pb.Image(image=request.image, state=pb.IMAGE_FAILED, fault=fault)
        if request.source == "built/x":
            progress = pb.Progress(text="fetching the image", bytes=1)
            reply = pb.Image(image=request.image, state=pb.IMAGE_WORKING, progress=progress)
        return await self._answer(request, context, reply)

    async def Apply(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        reply = pb.Container(instance=ONE, state=pb.CONTAINER_RUNNING, pid=7, took=0.25)
        return await self._answer(request, context, reply)

    async def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        reply = pb.Container(instance=ONE, state=pb.CONTAINER_EXITED, exit_code=3)
        return await self._answer(request, context, reply)

    async def Seal(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        fault = pb.Fault(code="disk_full", title="Full", detail="ENOSPC", cure="Free some")
        reply = pb.Content(instance=ONE, state=pb.CONTENT_FAILED, fault=fault)
        self.requests.append(request)
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.gave_up.set()
            raise
        self.requests.pop()
        return await self._answer(request, context, reply)

    async def Discard(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return await self._answer(request, context, pb.DiscardReply(freed_bytes=42))

    async def Backup(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        made = pb.Point(point="old", time=7, files=2, bytes=5, files_new=1)
        reply = pb.Backup(point=request.point, state=pb.BACKUP_DONE, took=0.5, made=made)
        return await self._answer(request, context, reply)

    async def Points(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        points = [pb.Point(point="old", time=7, files=2, bytes=5)]
        return await self._answer(request, context, pb.PointsReply(points=points, size=1))

    async def Browse(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        link = pb.Entry(name=b"\xff", kind=pb.ENTRY_LINK, target=b"a", mode=0o777)
        return await self._answer(request, context, pb.BrowseReply(entries=[link]))

    async def Export(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802 - gRPC
        await self._answer(request, context, None)
        for piece in (b"one", b"two"):
            yield pb.ExportChunk(data=piece)

    async def Restore(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        reply = pb.Content(instance=ONE, state=pb.CONTENT_SEALED, restored=request.restore)
        return await self._answer(request, context, reply)

    async def Forget(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return await self._answer(request, context, pb.ForgetReply(freed_bytes=7))

    async def Drop(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return await self._answer(request, context, pb.DropReply(freed_bytes=9))

    async def Freeze(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        fault = pb.Fault(code="freeze_failed", title="Not made")
        reply = pb.Frozen(snapshot=request.snapshot, state=pb.FROZEN_FAILED, bytes=5, fault=fault)
        return await self._answer(request, context, reply)

    async def LetGo(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return await self._answer(request, context, pb.LetGoReply(freed_bytes=11))

    async def Holdings(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        held = [pb.Holding(kind=pb.HOLDING_FROZEN, name="old", bytes=5)]
        return await self._answer(request, context, pb.HoldingsReply(holdings=held))

    async def Hold(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        reply = pb.HoldReply(boot="boot-1", now=12.5, free_bytes=99)
        return await self._answer(request, context, reply)

    async def List(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return await self._answer(request, context, everything())

    async def Watch(self, _request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802 - gRPC
        yield pb.WatchReply(all=everything())
        yield pb.WatchReply(content=pb.Content(instance=ONE, state=pb.CONTENT_SEALED))
        if self.backs_up:
            yield pb.WatchReply(backup=pb.Backup(point="p1", state=pb.BACKUP_WORKING))
        if self.holds:
            await asyncio.Event().wait()
        if self.failure is not None:
            await context.abort(*self.failure)


def everything() -> Any:
    return pb.ListReply(
        containers=[pb.Container(instance=ONE, state=pb.CONTAINER_RUNNING)],
        contents=[pb.Content(instance=ONE, state=pb.CONTENT_READY, revision="abc", branch="main")],
        frozen=[pb.Frozen(snapshot="old", state=pb.FROZEN_DONE)],
    )


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Daemon, NodeClient]]:
    daemon, path = Daemon(), str(folder / "daemon.sock")
    server = aio.server()
    node_pb2_grpc.add_NodeServicer_to_server(daemon, server)
    server.add_insecure_port(f"unix:{path}")
    await server.start()
    client = NodeClient(path)
    try:
        yield daemon, client
    finally:
        await client.close()
        await server.stop(None)


@asynccontextmanager
async def linked(certs: LinkCerts, port: int) -> AsyncIterator[Daemon]:
    """Answer over a network, as the real daemon does."""
    daemon = Daemon()

    def join(server: aio.Server) -> None:
        node_pb2_grpc.add_NodeServicer_to_server(daemon, server)

    server = await link.serve(join, ("127.0.0.1", port), certs)
    try:
        yield daemon
    finally:
        await server.stop(None)


async def until_it_answers(client: NodeClient) -> None:
    """Ask until there is an answer: gRPC connects again by itself, after a moment."""

    async def answers() -> bool:
        try:
            await client.list()
        except NodeUnreachable:
            return False
        return True

    await until(answers, 30)
