"""Both adapters have the shape of the ports; mypy checks the same where they are used."""

import inspect

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.node import NodeDial, NodeRuntime
from app.runtime.port import Content, Dial, Runtime


@pytest.mark.parametrize(
    ("adapter", "port"),
    [
        (FakeRuntime, Runtime),
        (FakeRuntime, Content),
        (FakeRuntime, Dial),
        (NodeRuntime, Runtime),
        (NodeRuntime, Content),
        (NodeDial, Dial),
    ],
)
def test_an_adapter_takes_what_the_port_takes(adapter: type, port: type) -> None:
    names = [name for name in vars(port) if not name.startswith("_")]
    assert names
    for name in names:
        wanted = list(inspect.signature(getattr(port, name)).parameters)
        assert list(inspect.signature(getattr(adapter, name)).parameters) == wanted, name
