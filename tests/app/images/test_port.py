"""The words of the daemon and of the ports are the same."""

from app.images.port import State
from wire.proto import node_pb2 as pb


def test_every_state_of_the_daemon_has_its_word() -> None:
    assert {f"IMAGE_{one.name}" for one in State} == set(pb.ImageState.keys())
