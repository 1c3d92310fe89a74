"""Calls about snapshots: every field crosses the wire."""

import pytest

from app.nodes.snapshots import frozen_of
from app.runtime.snapshots import FrozenState
from wire.proto import node_pb2 as pb


@pytest.mark.parametrize("state", list(FrozenState))
def test_every_state_has_its_word(state: FrozenState) -> None:
    value = pb.FrozenState.Value(f"FROZEN_{state.name}")
    assert frozen_of(pb.Frozen(state=value)).state == state.value
    assert len(pb.FrozenState.keys()) == len(FrozenState)


def test_every_field_is_read() -> None:
    message = pb.Frozen(snapshot="s", state=pb.FROZEN_FAILED, files=2, bytes=5)
    message.fault.code = "freeze_failed"
    read = frozen_of(message)
    assert (read.snapshot, read.files, read.size) == ("s", 2, 5)
    assert read.fault is not None
    assert read.fault.code == "freeze_failed"
    assert frozen_of(pb.Frozen()).fault is None
