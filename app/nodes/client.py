"""Calls to a workspace daemon over gRPC, with time-outs and plain errors.

Only this module and the daemon know gRPC. Every call is idempotent, so a call
that was not answered is simply made again later by whoever wanted it.
"""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from typing import TypeVar

import grpc
from grpc import aio

from app.nodes.link import KEEPALIVE, Apart, Link
from app.nodes.messages import (
    NodeContainer,
    NodeContent,
    NodeHeld,
    NodeImage,
    NodeLooked,
    NodeReport,
    container_of,
    content_of,
    image_of,
    list_of,
    report_of,
)
from kit.linkcerts import LinkCerts
from wire.agent import PROTOCOL
from wire.proto import node_pb2, node_pb2_grpc

CALL_TIMEOUT = 10.0
"""Seconds; every call returns at once with what is, so a slow one means trouble."""
CONTENT_TIMEOUT = 120.0
"""Seconds for syncing, or freeing, a tree with a million files."""
_T = TypeVar("_T")


class NodeUnreachable(Exception):
    """The daemon did not answer in time, nothing listens there, or what does is another's."""


class NodeFenced(Exception):
    """The daemon knows a newer instance of the workspace."""


class NodeRefused(Exception):
    """The daemon understood and refused; `code` is gRPC's name of the status."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class NodeClient:
    """One daemon. Must be made, used and closed in one event loop."""

    def __init__(
        self,
        address: str,
        certs: LinkCerts | None = None,
        node: str = "",
        keepalive: float = KEEPALIVE,
    ) -> None:
        """`address` is a socket's path, or `grpcs://host:port` of the daemon of `node`."""
        self.link = Link(address, certs, node, keepalive)

    @property
    def stub(self) -> node_pb2_grpc.NodeStub:
        """The calls themselves."""
        return self.link.stub

    async def prepare(
        self,
        instance: str,
        *,
        fresh: bool,
        url: str,
        ref: str,
        image: str,
        folder: str,
        place: bool = False,
        path: str = "",
        username: str = "",
        password: str = "",
        ssh_key: str = "",
        known_hosts: Sequence[str] = (),
        partial: bool = False,
        left: int = 0,
        workspace_class: str = "",
        snapshot: str = "",
        prebuild: str = "",
        downloads: Sequence[tuple[str, str, str]] = (),
    ) -> NodeContent:
        """Make sure that a tree is in place."""
        request = node_pb2.PrepareRequest(
            instance=instance,
            fresh=fresh,
            url=url,
            ref=ref,
            image=image,
            folder=folder,
            place=place,
            path=path,
            credentials=node_pb2.Credentials(
                username=username, password=password, ssh_key=ssh_key, known_hosts=known_hosts
            ),
            partial=partial,
            left=left,
            workspace_class=workspace_class,
            snapshot=snapshot,
            prebuild=prebuild,
            downloads=[
                node_pb2.Download(url=url, path=path, digest=digest)
                for url, path, digest in downloads
            ],
        )
        return content_of(await answered(self.stub.Prepare(request, timeout=CALL_TIMEOUT)))

    async def fetch(self, instance: str, *, image: str, source: str) -> NodeImage:
        """Make sure that an image is unpacked."""
        request = node_pb2.FetchRequest(instance=instance, image=image, source=source)
        return image_of(await answered(self.stub.Fetch(request, timeout=CALL_TIMEOUT)))

    async def apply(
        self,
        instance: str,
        *,
        image: str,
        supervisor: str,
        ide: str,
        workspace_class: str,
        token: str,
        jupyterlab: str = "",
        kind: str = "",
        base: str = "",
    ) -> NodeContainer:
        """Make sure that a container runs."""
        request = node_pb2.ApplyRequest(
            instance=instance,
            image=image,
            supervisor=supervisor,
            ide=ide,
            workspace_class=workspace_class,
            token=token,
            jupyterlab=jupyterlab,
            protocol=str(PROTOCOL),
            kind=kind,
            base=base,
        )
        return container_of(await answered(self.stub.Apply(request, timeout=CALL_TIMEOUT)))

    async def delete(self, instance: str, grace: float) -> NodeContainer:
        """Make sure that a container is gone."""
        request = node_pb2.DeleteRequest(instance=instance, grace=grace)
        timeout = CALL_TIMEOUT + grace
        return container_of(await answered(self.stub.Delete(request, timeout=timeout)))

    async def look(
        self, instance: str, revision: str, paths: Sequence[str]
    ) -> Sequence[NodeLooked]:
        """Ask what is at paths of a commit."""
        request = node_pb2.LookRequest(instance=instance, revision=revision, paths=paths)
        reply = await answered(self.stub.Look(request, timeout=CALL_TIMEOUT))
        return [NodeLooked(id=one.id, folder=one.folder, text=one.text) for one in reply.entries]

    async def seal(self, instance: str) -> NodeContent:
        """Make sure that a stopped instance's tree is safe."""
        request = node_pb2.SealRequest(instance=instance)
        return content_of(await answered(self.stub.Seal(request, timeout=CONTENT_TIMEOUT)))

    async def discard(self, workspace: str, n: int) -> int:
        """Free a workspace's content; returns bytes."""
        request = node_pb2.DiscardRequest(workspace=workspace, n=n)
        reply = await answered(self.stub.Discard(request, timeout=CONTENT_TIMEOUT))
        return int(reply.freed_bytes)

    async def hold(self, boot: str, until: float) -> NodeHeld:
        """Let it run containers until a moment of its clock; without a boot only ask for that."""
        request = node_pb2.HoldRequest(boot=boot, until=until)
        reply = await answered(self.stub.Hold(request, timeout=CALL_TIMEOUT))
        return NodeHeld(boot=reply.boot, now=reply.now, free=reply.free_bytes, until=reply.until)

    async def list(self) -> NodeReport:
        """Ask for everything that the node holds."""
        request = node_pb2.ListRequest()
        return list_of(await answered(self.stub.List(request, timeout=CALL_TIMEOUT)))

    async def watch(self) -> AsyncGenerator[NodeReport, None]:
        """Yield everything first, then changes, until the link is cut."""
        async with aclosing(self.replies()) as replies:
            async for reply in replies:
                yield report_of(reply)

    async def replies(self) -> AsyncGenerator[node_pb2.WatchReply, None]:
        """Yield what a watch says as it is; each begins with the question who answers."""
        try:
            await self.link.greet()
            call = self.stub.Watch(node_pb2.WatchRequest())
            try:
                async for reply in call:
                    yield reply
            finally:
                call.cancel()
                self.link.lost()
        except aio.AioRpcError as error:
            raise plain(error) from error
        except Apart as error:
            raise NodeUnreachable(str(error)) from error

    async def greeted(self) -> None:
        """Make sure that it is known who answers, before a stream begins."""
        await answered(self.link.greeted())

    async def close(self) -> None:
        """Close the connection."""
        await self.link.close()


async def answered(call: Awaitable[_T]) -> _T:
    """Return what a call returns; raises this module's errors in place of gRPC's."""
    try:
        return await call
    except aio.AioRpcError as error:
        raise plain(error) from error
    except Apart as error:
        raise NodeUnreachable(str(error)) from error


def plain(error: aio.AioRpcError) -> NodeUnreachable | NodeFenced | NodeRefused:
    """Return what an error of gRPC means."""
    code, detail = error.code(), error.details() or ""
    unreachable = {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    }
    if code in unreachable:
        return NodeUnreachable(f"{code.name.lower()}: {detail}")
    if code is grpc.StatusCode.FAILED_PRECONDITION:
        return NodeFenced(detail)
    if code is grpc.StatusCode.UNIMPLEMENTED:
        detail = "the node's daemon is older than the server and does not know this yet: update it"
    return NodeRefused(code.name.lower(), detail)
