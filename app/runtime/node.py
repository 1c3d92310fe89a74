"""Runtime, Content and Dial of one machine: the workspace daemon behind the ports."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager

from msgspec import DecodeError, Struct, json

from app.nodes.client import NodeClient, NodeFenced, NodeRefused, NodeUnreachable
from app.nodes.messages import NodeContainer, NodeContent, NodeFault, NodeReport
from app.runtime.port import (
    Container,
    ContainerState,
    ContentState,
    ContentStatus,
    Fenced,
    Initializer,
    Looked,
    Observation,
    Refused,
    Spec,
    Unreachable,
)
from wire.ids import InstanceId, parse_instance_id
from wire.problems import Problem

_DIAL_TIMEOUT = 10.0


class DialReply(Struct, frozen=True, kw_only=True):
    """The one line that comes with the descriptor, or instead of it."""

    ok: bool
    error: str = ""
    detail: str = ""


class NodeRuntime:
    """Runtime and Content over one daemon; make, use and close it in one event loop."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    async def apply(self, instance: InstanceId, spec: Spec) -> Container:
        with translated():
            reply = await self._client.apply(
                str(instance),
                image=spec.image,
                supervisor=spec.supervisor,
                ide=spec.ide,
                jupyterlab=spec.jupyterlab,
                workspace_class=spec.workspace_class,
                token=spec.token,
                kind=spec.kind.value,
                base=spec.base,
            )
        return _container(reply)

    async def delete(self, instance: InstanceId, grace: float) -> Container:
        with translated():
            return _container(await self._client.delete(str(instance), grace))

    async def list(self) -> Observation:
        with translated():
            return _observation(await self._client.list())

    async def watch(self) -> AsyncGenerator[Observation, None]:
        with translated():
            async with aclosing(self._client.watch()) as reports:
                async for report in reports:
                    yield _observation(report)

    async def prepare(self, instance: InstanceId, initializer: Initializer) -> ContentStatus:
        with translated():
            reply = await self._client.prepare(
                str(instance),
                fresh=initializer.fresh,
                url=initializer.url,
                ref=initializer.ref,
                image=initializer.image,
                folder=initializer.folder,
                place=initializer.place,
                path=initializer.path,
                username=initializer.credentials.username,
                password=initializer.credentials.password,
                ssh_key=initializer.credentials.ssh_key,
                known_hosts=initializer.credentials.known_hosts,
                partial=initializer.partial,
                left=initializer.left,
                workspace_class=initializer.workspace_class,
                snapshot=initializer.snapshot,
                prebuild=initializer.prebuild,
                downloads=[(one.url, one.path, one.digest) for one in initializer.downloads],
            )
        return content(reply)

    async def look(
        self, instance: InstanceId, revision: str, paths: Sequence[str]
    ) -> Sequence[Looked]:
        with translated():
            found = await self._client.look(str(instance), revision, paths)
        return [Looked(id=one.id, folder=one.folder, text=one.text) for one in found]

    async def seal(self, instance: InstanceId) -> ContentStatus:
        with translated():
            return content(await self._client.seal(str(instance)))

    async def discard(self, workspace: str, n: int) -> int:
        with translated():
            return await self._client.discard(workspace, n)

    async def close(self) -> None:
        """Close the link to the daemon."""
        await self._client.close()


class NodeDial:
    """Dial over the daemon's dial socket: one connection for each call."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def dial(self, instance: InstanceId, port: int) -> int:
        """Return a connected socket's descriptor, the caller's to close.

        Raises ConnectionRefusedError when nothing listens or the instance is not
        there, Unreachable when the daemon does not answer.
        """
        # The descriptor arrives as ancillary data, which asyncio's streams drop:
        # a blocking exchange in a thread is the simplest thing that is right.
        return await asyncio.to_thread(self._ask, instance, port)

    def _ask(self, instance: InstanceId, port: int) -> int:
        request = json.encode({"instance": str(instance), "port": port}) + b"\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_DIAL_TIMEOUT)
                connection.connect(self._path)
                connection.sendall(request)
                line, descriptors = _receive_line(connection)
        except OSError as error:
            raise Unreachable(f"dial socket: {error}") from error
        return _descriptor_of(line, descriptors)


def _receive_line(connection: socket.socket) -> tuple[bytes, list[int]]:
    line, found = b"", list[int]()
    while not line.endswith(b"\n"):
        data, descriptors, _, _ = socket.recv_fds(connection, 4096, 4)
        found += descriptors
        if not data:
            break
        line += data
    return line, found


def _descriptor_of(line: bytes, descriptors: list[int]) -> int:
    try:
        reply = json.decode(line, type=DialReply)
    except DecodeError as error:
        _close_all(descriptors)
        raise Unreachable("the dial socket's answer cannot be read") from error
    if reply.ok and len(descriptors) == 1:
        return descriptors[0]
    _close_all(descriptors)
    if reply.ok:
        raise Unreachable("the dial socket sent no descriptor")
    raise ConnectionRefusedError(f"{reply.error}: {reply.detail}")


def _close_all(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the ports' errors in place of the client's."""
    try:
        yield
    except NodeUnreachable as error:
        raise Unreachable(str(error)) from error
    except NodeFenced as error:
        raise Fenced(str(error)) from error
    except NodeRefused as error:
        raise Refused(str(error)) from error


def _instance(text: str) -> InstanceId:
    instance = parse_instance_id(text)
    if instance is None:
        raise Unreachable(f"the daemon names an instance {text[:80]!r}")
    return instance


def _container(one: NodeContainer) -> Container:
    state = ContainerState(one.state)
    return Container(
        instance=_instance(one.instance),
        state=state,
        problem=problem(one.fault),
        exit_code=one.exit_code if state is ContainerState.EXITED else None,
        out_of_memory=one.out_of_memory,
        took=one.took,
    )


def content(one: NodeContent) -> ContentStatus:
    """Return a tree's state; raises Unreachable for nonsense."""
    return ContentStatus(
        instance=_instance(one.instance),
        state=ContentState(one.state),
        revision=one.revision,
        branch=one.branch,
        path=one.path,
        config=one.config,
        restored=one.restored,
        progress=one.progress,
        done=one.done,
        total=one.total,
        problem=problem(one.fault),
        took=one.took,
    )


def _observation(report: NodeReport) -> Observation:
    return Observation(
        containers=[_container(one) for one in report.containers],
        contents=[content(one) for one in report.contents],
        complete=report.complete,
    )


def problem(fault: NodeFault | None) -> Problem | None:
    """Return a fault as a problem."""
    if fault is None:
        return None
    return Problem(
        code=fault.code,
        title=fault.title,
        detail=fault.detail,
        cure=fault.cure,
        subject=fault.subject,
    )
