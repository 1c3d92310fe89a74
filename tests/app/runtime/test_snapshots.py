"""Both adapters have the shape of the port; mypy checks the same where they are used."""

import inspect

import pytest

from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.nodesnapshots import NodeSnapshots
from app.runtime.snapshots import Snapshots


@pytest.mark.parametrize("adapter", [FakeSnapshots, NodeSnapshots])
def test_an_adapter_takes_what_the_port_takes(adapter: type) -> None:
    names = [name for name in vars(Snapshots) if not name.startswith("_")]
    assert names
    for name in names:
        wanted = list(inspect.signature(getattr(Snapshots, name)).parameters)
        assert list(inspect.signature(getattr(adapter, name)).parameters) == wanted, name
