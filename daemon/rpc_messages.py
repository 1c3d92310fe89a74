"""Statuses as messages of `wire/proto/node.proto`, and exceptions as gRPC's status codes."""

from collections.abc import Awaitable
from typing import Any, Final, TypeVar

import grpc

from daemon.contents import NotLooked
from daemon.core import container, content, frozen, images, points
from daemon.core.faults import BackupFailed, Fault
from daemon.core.fencing import Fenced
from daemon.core.refused import Refused
from daemon.node import ContainerAlive, Unleased
from wire.proto import node_pb2 as pb

_T = TypeVar("_T")
_CODES: Final[tuple[tuple[type[Exception], grpc.StatusCode], ...]] = (
    (Fenced, grpc.StatusCode.FAILED_PRECONDITION),
    (Refused, grpc.StatusCode.INVALID_ARGUMENT),
    (ContainerAlive, grpc.StatusCode.ABORTED),
    (NotLooked, grpc.StatusCode.UNAVAILABLE),
    (Unleased, grpc.StatusCode.UNAVAILABLE),
)
_FAULTS: Final = {
    "point_unknown": grpc.StatusCode.NOT_FOUND,
    "path_unknown": grpc.StatusCode.NOT_FOUND,
}


async def answer(call: Awaitable[_T], context: Any) -> _T:
    """Return the call's result, or end the gRPC call with the code of what it raised."""
    try:
        return await call
    except tuple(kind for kind, _code in _CODES) as error:
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        await context.abort(code, str(error))
        raise
    except BackupFailed as error:
        await context.abort(code_of(error.fault), f"{error.fault.code}: {error.fault.detail}")
        raise


def code_of(fault: Fault) -> grpc.StatusCode:
    """Return the status code of what failed about a repository."""
    return _FAULTS.get(fault.code, grpc.StatusCode.INTERNAL)


def container_of(status: container.Status) -> pb.Container:
    """Return the message."""
    return pb.Container(
        instance=str(status.instance),
        state=f"CONTAINER_{status.state.name}",
        pid=status.pid,
        fault=fault_of(status.fault),
        exit_code=status.exit_code,
        out_of_memory=status.out_of_memory,
        took=status.took,
    )


def content_of(status: content.Status) -> pb.Content:
    """Return the message."""
    return pb.Content(
        instance=str(status.instance),
        state=f"CONTENT_{status.state.name}",
        revision=status.revision,
        branch=status.branch,
        path=status.path,
        config=status.config,
        restored=status.restored,
        progress=pb.Progress(text=status.progress, bytes=status.received, total=status.total),
        fault=fault_of(status.fault),
        took=status.took,
    )


def image_of(status: images.Status) -> pb.Image:
    """Return the message."""
    return pb.Image(
        image=status.image,
        state=f"IMAGE_{status.state.name}",
        progress=pb.Progress(text=status.progress, bytes=status.received),
        size=status.size,
        fault=fault_of(status.fault),
        took=status.took,
    )


def fault_of(fault: Fault | None) -> pb.Fault | None:
    """Return the message, None for none."""
    if fault is None:
        return None
    return pb.Fault(
        code=fault.code,
        title=fault.title,
        detail=fault.detail,
        cure=fault.cure,
        subject=fault.subject,
    )


def backup_of(status: points.Status) -> pb.Backup:
    """Return the message."""
    return pb.Backup(
        workspace=status.workspace,
        point=status.point,
        state=f"BACKUP_{status.state.name}",
        progress=pb.Progress(text=status.progress, bytes=status.done, total=status.total),
        fault=fault_of(status.fault),
        took=status.took,
        made=None if status.made is None else point_of(status.made),
        lacking=status.lacking,
    )


def frozen_of(status: frozen.Status) -> pb.Frozen:
    """Return the message."""
    return pb.Frozen(
        snapshot=status.snapshot,
        state=f"FROZEN_{status.state.name}",
        files=status.files,
        bytes=status.bytes,
        fault=fault_of(status.fault),
        took=status.took,
    )


def point_of(point: points.Point) -> pb.Point:
    """Return the message."""
    return pb.Point(
        point=point.point,
        time=point.time,
        instance=point.instance,
        files=point.files,
        bytes=point.bytes,
        files_new=point.files_new,
        files_changed=point.files_changed,
        added=point.added,
        verified=point.verified,
        left=point.left,
    )
