"""Values as messages."""

import grpc

from daemon.core import points
from daemon.core.faults import fault
from daemon.rpc_messages import backup_of, code_of, fault_of
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
