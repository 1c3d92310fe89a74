"""Values as messages."""

import grpc
import pytest

from daemon.contents import NotLooked
from daemon.core import points
from daemon.core.faults import fault
from daemon.node import Unleased
from daemon.rpc_messages import answer, backup_of, code_of, fault_of
from wire.proto import node_pb2 as pb


def test_a_backup_says_which_point_it_made():
    made = points.Point(point="p", time=1.5, files=3, bytes=9, verified=True)
    status = points.Status(workspace="w", point="q", state=points.State.DONE, made=made, took=2.0)
    message = backup_of(status)
    assert (message.state, message.point, message.made.point) == (pb.BACKUP_DONE, "q", "p")
    assert (message.made.files, message.made.verified, message.took) == (3, True, 2.0)
    assert not message.HasField("fault")


def test_a_failed_one_says_why():
    why = fault("disk_full_backup", "no space")
    message = backup_of(
        points.Status(workspace="w", point="q", state=points.State.FAILED, fault=why)
    )
    assert (message.state, message.fault.code) == (pb.BACKUP_FAILED, "disk_full_backup")
    assert message.fault.cure
    assert fault_of(None) is None


def test_what_is_not_there_has_its_own_code():
    assert code_of(fault("point_unknown")) is grpc.StatusCode.NOT_FOUND
    assert code_of(fault("repository_damaged")) is grpc.StatusCode.INTERNAL


class Ended(Exception):
    """How gRPC ends a call that is given up."""


class Context:
    async def abort(self, code: grpc.StatusCode, detail: str) -> None:
        raise Ended(code, detail)


async def fails(error: Exception) -> None:
    raise error


async def test_what_could_not_be_looked_at_is_asked_again():
    """That it is not there would be an answer, and one that nobody asks about again."""
    with pytest.raises(Ended) as ended:
        await answer(fails(NotLooked("no process")), Context())
    assert ended.value.args == (grpc.StatusCode.UNAVAILABLE, "no process")


async def test_a_node_without_lease_is_asked_again():
    """A start that came between two grants is none that has failed."""
    with pytest.raises(Ended) as ended:
        await answer(fails(Unleased("over")), Context())
    assert ended.value.args == (grpc.StatusCode.UNAVAILABLE, "over")
